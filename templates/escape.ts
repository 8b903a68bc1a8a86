const HTML_HOSTILE = /[&<>"']/;

/** What XML 1.0 §2.2 does not allow even as a character reference: control characters and lone surrogates. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Makes text safe between HTML tags and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  let index = text.search(HTML_HOSTILE);
  if (index < 0) return text;
  let from = 0;
  let safe = '';
  for (; index < text.length; index++) {
    const entity = entityOf(text.charCodeAt(index));
    if (entity === '') continue;
    safe += text.slice(from, index) + entity;
    from = index + 1;
  }
  return safe + text.slice(from);
}

/** Makes text safe in XML, as content or in a quoted attribute; drops the characters that XML cannot carry. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(NOT_XML, ''));
}

function entityOf(code: number): string {
  switch (code) {
    case 38:
      return '&amp;';
    case 60:
      return '&lt;';
    case 62:
      return '&gt;';
    case 34:
      return '&quot;';
    case 39:
      return '&#39;';
    default:
      return '';
  }
}

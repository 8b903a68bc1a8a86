import { escapeHtml } from '../federation/html-text.ts';

export { escapeHtml };

/** What XML 1.0 §2.2 does not allow even as a character reference: control characters and lone surrogates. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Makes text safe in XML, as content or in a quoted attribute; drops the characters that XML cannot carry. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(NOT_XML, ''));
}

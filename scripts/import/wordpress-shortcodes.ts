import { escapeHtml, lastOf } from './html-nodes.ts';
import { replacePairs } from './text-pairs.ts';

/** A picture of the media library. */
export interface WordPressAttachment {
  readonly id: string;
  readonly url: string;
  readonly alt: string;
  readonly caption: string;
  readonly parent: string;
  readonly order: number;
}

export interface ShortcodeOptions {
  attachment(id: string): WordPressAttachment | undefined;
  /** The pictures that were uploaded to this post, in order. */
  readonly own: readonly WordPressAttachment[];
}

export interface ReadShortcodes {
  readonly html: string;
  /** Names of those that stay as text: what they stood for is known to their plugin alone. */
  readonly unknown: readonly string[];
}

const NAME = String.raw`[a-zA-Z][\w-]{0,60}`;
const ATTRIBUTES = String.raw`((?:[^[\]"'/]|"[^"]{0,2000}"|'[^']{0,2000}'|/(?!\])){0,4000})`;
const CODE = new RegExp(String.raw`\[(code|sourcecode)\b${ATTRIBUTES}\]`, 'gi');
const PAIR = new RegExp(String.raw`(\[?)\[(caption|wp_caption|embed)\b${ATTRIBUTES}\]`, 'gi');
const SINGLE = new RegExp(
  String.raw`(\[?)\[(gallery|audio|video|playlist|youtube|vimeo)\b${ATTRIBUTES}/?\](?:\[/\2\])?(\]?)`,
  'gi',
);
const OTHER = new RegExp(String.raw`\[(${NAME})(\s+[\w-]+=|\s*/?\]|\s+https?:)`, 'g');

/** Puts HTML in the place of the shortcodes of WordPress itself. Those between double brackets are words about shortcodes. */
export function readShortcodes(content: string, options: ShortcodeOptions): ReadShortcodes {
  if (!content.includes('[')) return { html: content, unknown: [] };
  const withCode = replacePairs(
    content,
    CODE,
    ([, name]) => `[/${name}]`,
    ([, , attributes = ''], code) => codeHtml(readAttributes(attributes), code),
  );
  const withPairs = replacePairs(
    withCode,
    PAIR,
    ([, , name]) => `[/${name}]`,
    ([, open = '', name = '', attributes = ''], inner, whole) =>
      open === '' ? pairHtml(name.toLowerCase(), readAttributes(attributes), inner) : whole,
  );
  const html = withPairs.replace(SINGLE, (whole, open: string, name: string, attributes: string, close: string) => {
    if (open !== '' && close !== '') return whole.slice(1, -1);
    const inner = whole.slice(open.length, whole.length - close.length);
    return open + (singleHtml(name.toLowerCase(), attributes, options) ?? inner) + close;
  });
  // `[[caption]…[/caption]]` shows how one is written.
  return {
    html: html.replace(/\[(\[(?:wp_)?caption\b[^[\]]{0,4000}\])|(\[\/(?:wp_)?caption\])\]/g, '$1$2'),
    unknown: unknownIn(html),
  };
}

function codeHtml(attributes: ReadonlyMap<string, string>, code: string): string {
  const language = /^[\w+#-]{1,30}$/.exec(attributes.get('language') ?? attributes.get('lang') ?? '')?.[0];
  // In the classic editor it stands there as text of HTML already.
  const text = /&(?:lt|gt|amp|quot|#\d+);/.test(code) ? code : escapeHtml(code);
  return `<pre><code${language === undefined ? '' : ` class="language-${language}"`}>${text.replace(/^\n+|\n+$/g, '')}</code></pre>`;
}

function pairHtml(name: string, attributes: ReadonlyMap<string, string>, inner: string): string {
  if (name === 'embed') return `\n\n${addressHtml(inner.trim())}\n\n`;
  // Since 3.4 the caption stands behind the picture; before, in the attributes.
  const [, picture = '', after = ''] = /^\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*<\/a>)?)([\s\S]*)$/i.exec(inner) ?? [];
  if (picture === '') return inner;
  const caption = after.trim() === '' ? (attributes.get('caption') ?? '') : after.trim();
  return `\n\n<figure>${picture}${caption === '' ? '' : `<figcaption>${caption}</figcaption>`}</figure>\n\n`;
}

function singleHtml(name: string, written: string, options: ShortcodeOptions): string | undefined {
  const attributes = readAttributes(written);
  if (name === 'gallery' || name === 'playlist') return galleryHtml(attributes, options);
  const files = ['src', 'mp4', 'm4v', 'webm', 'ogv', 'mp3', 'm4a', 'ogg', 'wav', 'flac'];
  const bare = /https?:\/\/[^\s"'\]<>]+/.exec(written)?.[0];
  const address = files.map((key) => attributes.get(key)).find((value) => value !== undefined) ?? bare;
  if (address === undefined) return undefined;
  if (name === 'audio' || name === 'video') return `\n\n<${name} src="${escapeHtml(address)}"></${name}>\n\n`;
  return `\n\n${addressHtml(address)}\n\n`;
}

function galleryHtml(attributes: ReadonlyMap<string, string>, { attachment, own }: ShortcodeOptions): string {
  const ids = (attributes.get('ids') ?? attributes.get('include') ?? '').split(/[\s,]+/).filter((id) => id !== '');
  const shown = ids.length === 0 ? own : ids.flatMap((id) => attachment(id) ?? []);
  const items = shown.map(({ url, alt, caption }) => {
    const words = alt || caption || lastOf(url);
    const below = caption === '' ? '' : ` <em>${caption}</em>`;
    return `<li><img src="${escapeHtml(url)}" alt="${escapeHtml(words)}">${below}</li>`;
  });
  return items.length === 0 ? '' : `\n\n<ul>${items.join('')}</ul>\n\n`;
}

function addressHtml(address: string): string {
  return /^https?:\/\/[^\s<>"]+$/i.test(address)
    ? `<p><a href="${escapeHtml(address)}">${escapeHtml(address)}</a></p>`
    : escapeHtml(address);
}

function readAttributes(written: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', double, single, bare] of written.matchAll(
    /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))/g,
  ))
    found.set(key.toLowerCase(), double ?? single ?? bare ?? '');
  return found;
}

/** Words between brackets are words: a shortcode has attributes, an end, or a name that no word is. */
function unknownIn(html: string): string[] {
  const names = new Set<string>();
  const text = replacePairs(
    html,
    /<(pre|code)\b[^<>]*>/gi,
    ([, name]) => `</${name}>`,
    () => '',
  );
  const ends = new Set([...text.matchAll(/\[\/([a-zA-Z][\w-]{0,60})\]/g)].map(([, name]) => name));
  for (const [, name = '', after = ''] of text.matchAll(OTHER)) {
    if (ends.has(name) || after.includes('=') || after.includes('http') || after.includes('/') || /[_-]/.test(name))
      names.add(name);
  }
  return [...names];
}

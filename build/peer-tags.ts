import { absoluteAddress } from './peer-address.ts';
import { attribute } from './peer-elements.ts';

/** Each tag, but those without attributes that every peer either keeps or drops without harm, and links that are whole. */
const TO_CHANGE =
  /<(?!\/?(?:p|em|strong|ul|ol|li|blockquote|code|pre|s|del|su[bp]|h[2-6])>|[bh]r>|\/a>|a href="https?:\/\/[\w./-]+">)[^>]*>/g;

const HEADING = /^<(h[1-6]) id="[^"<>]*">$/;
const LINK = /^<a href="([^"<>]+)"( class="hashtag p-category" rel="tag")?>$/;
const PICTURE = /^<img src="([^"<>]+)" alt="([^"<>]*)"(?: width="(\d+)" height="(\d+)")?(?: loading="lazy")?>$/;
/** A path that resolving would not change. */
const SITE_PATH = /^\/(?!\/)[\w/-]*(?:\.\w+)?(?:#[\w-]*)?$/;
const CODE = /^<code class="language-[\w+#.-]+">$/;
const HIGHLIGHT = /^<span class="hljs-[\w -]+">$/;

/**
 * Does by tag alone what Markdown usually leaves to do: heading ids, relative links, hashtags, pictures, highlighting.
 * A parser would cost more than everything else that is done for a post. Undefined as soon as there is a tag that it does
 * not know, for then only a parser can say what it means.
 */
export function rewriteKnownTags(html: string, base: string): string | undefined {
  if (html.lastIndexOf('<') > html.lastIndexOf('>')) return undefined;
  let known = true;
  const written = html.replace(TO_CHANGE, (tag) => {
    const rewritten = rewriteTag(tag, base);
    if (rewritten === undefined) known = false;
    return rewritten ?? tag;
  });
  return known ? written : undefined;
}

function rewriteTag(tag: string, base: string): string | undefined {
  const link = LINK.exec(tag);
  if (link !== null) return rewriteLink(link, base);
  const heading = HEADING.exec(tag);
  if (heading !== null) return heading[1] === 'h1' ? '<h2>' : `<${heading[1]}>`;
  if (tag === '</h1>') return '</h2>';
  if (tag === '</span>' || HIGHLIGHT.test(tag)) return '';
  if (CODE.test(tag)) return tag;
  const picture = PICTURE.exec(tag);
  return picture === null ? undefined : rewritePicture(picture, base);
}

function rewriteLink(link: RegExpExecArray, base: string): string | undefined {
  const address = resolve(link[1] ?? '', base);
  const tag = link[2] === undefined ? '' : ' rel="tag" class="hashtag p-category"';
  return address === undefined ? undefined : `<a${attribute('href', address)}${tag}>`;
}

function rewritePicture(picture: RegExpExecArray, base: string): string | undefined {
  const [, src = '', alt = '', width, height] = picture;
  const address = resolve(src, base);
  if (address === undefined) return undefined;
  const size = width === undefined ? '' : ` width="${width}" height="${height}"`;
  return `<img${attribute('src', address)} alt="${alt}"${size}>`;
}

/** Only what reads the same before and after entities are decoded, `&amp;` apart: the rest is for the parser. */
function resolve(address: string, base: string): string | undefined {
  if (SITE_PATH.test(address)) return base.slice(0, base.indexOf('/', 'https://'.length)) + address;
  const decoded = address.replaceAll('&amp;', '&');
  const ordinary = /^(?:https?:\/\/|\/|\.\.?\/|[a-z0-9][\w./-]*$)/i.test(decoded) && !/&#|&[a-z]+;/i.test(decoded);
  return ordinary ? absoluteAddress(decoded, base, { media: true }) : undefined;
}

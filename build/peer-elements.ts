import { absoluteAddress } from './peer-address.ts';

export type Attributes = Readonly<Record<string, string>>;

/**
 * What becomes of an element. `phrase` and `block` are kept under `tag`; `flow` goes, but text right inside it becomes a
 * paragraph; `open` goes and its content stays; `drop` goes with its content. `cell` and `media` have text of their own.
 */
export type Treatment =
  | 'phrase'
  | 'block'
  | 'flow'
  | 'open'
  | 'drop'
  | 'cell'
  | 'media'
  | 'frame'
  | 'picture'
  | 'check';

const PHRASES = 'a br span del s ins em strong b i u code sub sup ruby rt rp mark kbd samp var abbr cite dfn small q';
const BLOCKS = 'p h2 h3 h4 h5 h6 ul ol li blockquote pre hr details summary';
const FLOWS =
  'div section article header footer main aside nav figure figcaption dl dt dd address center form fieldset legend dialog hgroup search';
const DROPS =
  'script style template title head meta link base svg canvas textarea select button noembed noframes frameset applet map area annotation source track param col';

/** An element that is not named here goes and its content stays. */
const TREATMENTS: ReadonlyMap<string, Treatment> = new Map([
  ...PHRASES.split(' ').map((name) => [name, 'phrase'] as const),
  ...BLOCKS.split(' ').map((name) => [name, 'block'] as const),
  ...FLOWS.split(' ').map((name) => [name, 'flow'] as const),
  ...DROPS.split(' ').map((name) => [name, 'drop'] as const),
  ['h1', 'block'],
  ['strike', 'phrase'],
  ['tt', 'phrase'],
  ['table', 'block'],
  ['tr', 'block'],
  ['caption', 'block'],
  ['td', 'cell'],
  ['th', 'cell'],
  ['video', 'media'],
  ['audio', 'media'],
  ['iframe', 'frame'],
  ['embed', 'frame'],
  ['object', 'frame'],
  ['frame', 'frame'],
  ['img', 'picture'],
  ['input', 'check'],
]);

/** GoToSocial and Mastodon run the cells of a table together; as a list with separators it reads everywhere. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['h1', 'h2'],
  ['strike', 's'],
  ['tt', 'code'],
  ['table', 'ul'],
  ['tr', 'li'],
  ['caption', 'li'],
]);

/** How an element is treated at peers. */
export function treatmentOf(name: string): Treatment {
  return TREATMENTS.get(name) ?? 'open';
}

/** The name under which a kept element is written. */
export function peerName(name: string): string {
  return NAMES.get(name) ?? name;
}

/** Classes that mean something to peers: Mastodon's own and microformats. */
const CLASS = /^(?:mention|hashtag|ellipsis|invisible|quote-inline|(?:h|p|u|dt|e)-[a-z0-9-]+)$/;
const CODE_CLASS = /^language-[\w+#.-]+$/;
const NUMBER = /^-?\d{1,6}$/;

/** Writes the attributes of a kept element that mean something to peers, each with a space before it. */
export function peerAttributes(name: string, attributes: Attributes): string {
  const classes = (attributes.class ?? '')
    .split(/\s+/)
    .filter((part) => (name === 'code' ? CODE_CLASS : CLASS).test(part));
  let written = classes.length > 0 ? attribute('class', classes.join(' ')) : '';
  if (attributes.lang) written += attribute('lang', attributes.lang);
  if (attributes.dir === 'rtl' || attributes.dir === 'ltr') written += attribute('dir', attributes.dir);
  if (name === 'ol' && NUMBER.test(attributes.start ?? '')) written += attribute('start', attributes.start ?? '');
  if (name === 'ol' && attributes.reversed !== undefined) written += ' reversed';
  if (name === 'li' && NUMBER.test(attributes.value ?? '')) written += attribute('value', attributes.value ?? '');
  if (name === 'abbr' && attributes.title) written += attribute('title', attributes.title);
  return written;
}

/** Writes the attributes of a link after its `href`. */
export function linkAttributes(attributes: Attributes): string {
  const rel = (attributes.rel ?? '').split(/\s+/).filter((part) => part === 'me' || part === 'tag');
  return (rel.length > 0 ? attribute('rel', rel.join(' ')) : '') + peerAttributes('a', attributes);
}

/** Writes an `img`, or its alt text when its address cannot be reached from elsewhere. */
export function writePicture(attributes: Attributes, base: string): string {
  const src = absoluteAddress(attributes.src ?? '', base, { media: true });
  if (src === undefined) return escapeText(attributes.alt ?? '');
  const title = attributes.title ? attribute('title', attributes.title) : '';
  return `<img${attribute('src', src)}${attribute('alt', attributes.alt ?? '')}${title}${sizeOf(attributes)}>`;
}

/** Writes the start of a `video` or `audio` with controls, whatever the page had. */
export function writeMediaStart(name: string, attributes: Attributes, base: string): string {
  const src = absoluteAddress(attributes.src ?? '', base, { media: true });
  const poster = name === 'video' ? absoluteAddress(attributes.poster ?? '', base, { media: true }) : undefined;
  return `<${name}${src ? attribute('src', src) : ''}${poster ? attribute('poster', poster) : ''}${sizeOf(attributes)} controls>`;
}

/** Writes one source of a `video` or `audio`. */
export function writeSource(src: string, attributes: Attributes): string {
  return `<source${attribute('src', src)}${attributes.type ? attribute('type', attributes.type) : ''}>`;
}

export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeText(value).replaceAll('"', '&quot;')}"`;
}

export function escapeText(text: string): string {
  return /[&<>]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;
}

function sizeOf(attributes: Attributes): string {
  const width = NUMBER.test(attributes.width ?? '') ? attribute('width', attributes.width ?? '') : '';
  return width + (NUMBER.test(attributes.height ?? '') ? attribute('height', attributes.height ?? '') : '');
}

import { DomUtils, Parser, parseDocument } from 'htmlparser2';

export type Node = ReturnType<typeof parseDocument>['children'][number];
export type Parent = ReturnType<typeof parseDocument> | Element;
export type Element = Extract<Node, { attribs: unknown }>;

/** Nobody's text, and nobody's nesting; below these every step of the way copes. */
const LONGEST = 8 * 1024 ** 2;
const DEEPEST = 200;
const LONGEST_LINE = 10_000;
const STEP = 4_096;

/** Makes a tree of HTML that somebody may have written. */
export function readTree(html: string): ReturnType<typeof parseDocument> | undefined {
  return html.length > LONGEST || isTooDeep(html) ? undefined : parseDocument(html);
}

/** Looked at before a tree is made: making one of a depth takes its square. */
function isTooDeep(html: string): boolean {
  let depth = 0;
  let deepest = 0;
  const parser = new Parser({
    onopentag() {
      depth += 1;
      deepest = Math.max(deepest, depth);
    },
    onclosetag() {
      depth -= 1;
    },
  });
  for (let at = 0; at < html.length && deepest <= DEEPEST; at += STEP) parser.write(html.slice(at, at + STEP));
  if (deepest <= DEEPEST) parser.end();
  return deepest > DEEPEST;
}

/** A link of these would be of several paragraphs, as Markdown has none. */
const BLOCKS = new Set('article,aside,blockquote,div,figure,h1,h2,h3,h4,h5,h6,li,ol,p,section,table,ul'.split(','));

/**
 * A card that is a link, with a title, a description and a picture of a page elsewhere, becomes its title. False where it is
 * none, and cannot be one line: a picture with words below it.
 */
export function isOneLine(node: Element): boolean {
  const inside = DomUtils.getElementsByTagName('*', node);
  if (!inside.some(({ name }) => BLOCKS.has(name))) return true;
  const title = inside.find(({ attribs }) => /(?:^|[\s-])title(?:\s|$)/.test(attribs.class ?? ''));
  const words = DomUtils.textContent(title ?? node)
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return true;
  if (title === undefined && inside.some(({ name }) => name === 'img')) return false;
  for (const child of [...node.children]) DomUtils.removeElement(child);
  for (const child of [...textOf(words)]) DomUtils.appendChild(node, child);
  return true;
}

/** Code, whether or not it says so: its lines and spaces count. */
export function codeBlock(node: Element): Node {
  const classes = [node, ...DomUtils.getElementsByTagName('code', node)]
    .map(({ attribs }) => attribs.class ?? '')
    .join(' ');
  const said = /\b(?:language|lang)-([\w+#.-]{1,30})|\bbrush:\s*([\w+#-]{1,30})/.exec(classes);
  const language = said?.[1] ?? said?.[2] ?? /^[\w+#-]{1,30}$/.exec(node.attribs['data-code-block-lang'] ?? '')?.[0];
  for (const line of DomUtils.getElementsByTagName('br', node)) replace(line, textOf('\n'));
  const attributes: Readonly<Record<string, string>> = language === undefined ? {} : { class: `language-${language}` };
  const [block] = parseDocument('<pre></pre>').children;
  const [code] = element('code', attributes, DomUtils.textContent(node));
  if (block === undefined || code === undefined || !('attribs' in block)) return node;
  DomUtils.appendChild(block, code);
  return block;
}

export function element(name: string, attributes: Readonly<Record<string, string>>, words = ''): readonly Node[] {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeHtml(value)}"`);
  return parseDocument(`<${name}${written.join('')}>${escapeHtml(words)}</${name}>`).children;
}

export function textOf(words: string): readonly Node[] {
  return parseDocument(escapeHtml(words)).children;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function replace(node: Element, others: readonly Node[]): void {
  for (const other of [...others]) DomUtils.prepend(node, other);
  DomUtils.removeElement(node);
}

/** Puts all that is in an element into another, and that into the next. */
export function wrap(node: Element, ...names: readonly string[]): void {
  for (const name of names) {
    const [outer] = element(name, {});
    if (outer === undefined || !('attribs' in outer)) continue;
    for (const child of [...node.children]) DomUtils.appendChild(outer, child);
    DomUtils.appendChild(node, outer);
  }
}

/** The plain words of a little HTML, such as a title: on one line. */
export function plainText(html: string): string {
  if (!/[<&]/.test(html)) return html.replace(/\s+/g, ' ').trim();
  return DomUtils.textContent(parseDocument(html.slice(0, LONGEST_LINE)))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Spaces that no browser folds, by the hundred: what they hold apart is apart. */
export function withoutRuns(text: string): string {
  return text.replace(/[^\S \t\r\n]{100,}/g, (spaces) => spaces.slice(0, 100));
}

/** The name of a file in an address, as words. */
export function lastOf(address: string): string {
  const path = address.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || 'file';
  } catch {
    return last || 'file';
  }
}

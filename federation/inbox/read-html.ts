import { isWebUrl, type RichNode, type RichTag, type RichText } from '../rich-text.ts';
import { htmlTokens } from './html-tokens.ts';
import { RichTree } from './rich-tree.ts';

/** Of HTML, in UTF-16 units: what is longer is cut there. Mastodon's posts come to a tenth of it. */
export const MAX_HTML = 51_200;

/** What is shown by another element of ours; what is in no list is shown as its text. */
const SHOWN_AS: ReadonlyMap<string, readonly RichTag[]> = new Map<string, readonly RichTag[]>([
  ...(['p', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li'] as const).map(
    (tag): [string, readonly RichTag[]] => [tag, [tag]],
  ),
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag): [string, readonly RichTag[]] => [tag, ['p', 'strong']]),
  ['b', ['strong']],
  ['i', ['em']],
  ['cite', ['em']],
  ['s', ['del']],
  ['strike', ['del']],
  ['kbd', ['code']],
  ['samp', ['code']],
  ['tt', ['code']],
]);

/** Left out with all that is in them: controls, drawings, and what is not for readers. */
const DROPPED: ReadonlySet<string> = new Set(
  'template svg object applet audio video canvas map head select button frameset annotation annotation-xml'.split(' '),
);

const HOLDS_BLOCKS: ReadonlySet<RichTag> = new Set<RichTag>(['p', 'blockquote', 'ul', 'ol', 'li']);

/** Begin and end a line of their own. */
const LINES: ReadonlySet<string> = new Set(
  (
    'div section article aside header footer main nav figure figcaption address details summary dl dt dd table caption ' +
    'tr fieldset legend form center hr rp'
  ).split(' '),
);

/**
 * Reads remote HTML into the few elements that are ever shown.
 *
 * What has no element here gives its text; scripts, styles, drawings and controls give nothing; a link is one only with an
 * absolute http(s) address, and its text is kept, also where Mastodon hides parts of it. At most 50 KiB of HTML, 16,384
 * characters of text and addresses, 16 levels and 2,000 nodes are read, in linear time. Never throws, whatever it is given (invariant 10; security checks:
 * HTML of remote comments, CVE-2023-36459, CVE-2023-42452).
 */
export function readRichText(html: string): RichText {
  const tree = new RichTree();
  let dropping: { name: string; depth: number } | undefined;
  for (const token of htmlTokens(html.slice(0, MAX_HTML))) {
    if (tree.isFull) break;
    if (dropping !== undefined) {
      if (token.type === 'text' || token.name !== dropping.name) continue;
      dropping.depth += token.type === 'open' ? 1 : -1;
      if (dropping.depth === 0) dropping = undefined;
    } else if (token.type === 'text') {
      tree.text(token.text);
    } else if (token.type === 'close') {
      close(tree, token.name);
    } else if (DROPPED.has(token.name)) {
      dropping = { name: token.name, depth: 1 };
    } else {
      open(tree, token.name, token.attributes);
    }
  }
  return withoutEmpty(tree.finish());
}

function open(tree: RichTree, name: string, attributes: ReadonlyMap<string, string>): void {
  const tags = SHOWN_AS.get(name);
  if (tags !== undefined) for (const tag of tags) tree.open(tag);
  else if (name === 'br') tree.lineBreak();
  else if (name === 'a') openLink(tree, attributes.get('href')?.trim());
  else if (name === 'img') tree.text(attributes.get('alt') ?? '');
  else if (name === 'td' || name === 'th') tree.text(' ');
  else if (LINES.has(name)) tree.newLine();
}

function openLink(tree: RichTree, href: string | undefined): void {
  if (isWebUrl(href)) tree.open('a', href);
  // A link inside of another ends it, so that its text is not taken for the other's.
  else tree.close('a');
}

function close(tree: RichTree, name: string): void {
  const tags = name === 'a' ? (['a'] as const) : SHOWN_AS.get(name);
  if (tags !== undefined) for (const tag of tags.toReversed()) tree.close(tag);
  else if (LINES.has(name)) tree.newLine();
}

/** What has nothing left in it takes up room on a page, as do spaces and line breaks at the end of a block. */
function withoutEmpty(nodes: readonly RichNode[], isBlock = true): RichNode[] {
  const kept = nodes.flatMap((node): RichNode[] => {
    if (typeof node === 'string' || node.tag === 'br') return [node];
    const children = node.tag === 'pre' ? node.children : withoutEmpty(node.children, HOLDS_BLOCKS.has(node.tag));
    return children.length === 0 ? [] : [{ ...node, children }];
  });
  if (!isBlock) return kept;
  while (kept.length > 0 && isBlank(kept.at(-1))) kept.pop();
  return kept;
}

function isBlank(node: RichNode | undefined): boolean {
  return typeof node === 'string' ? node.trim() === '' : node?.tag === 'br';
}

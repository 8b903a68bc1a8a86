/** Elements within a paragraph. */
export const INLINE: ReadonlySet<string> = new Set(
  'A ABBR B BDI BDO CITE CODE DEL EM FONT I INS KBD MARK Q S SAMP SMALL SPAN STRIKE STRONG SUB SUP TIME U VAR'.split(
    ' ',
  ),
);

const MARKS: Readonly<Record<string, readonly [mark: string, tag: string]>> = {
  B: ['**', 'strong'],
  STRONG: ['**', 'strong'],
  EM: ['*', 'em'],
  I: ['*', 'em'],
  DEL: ['~~', 's'],
  S: ['~~', 's'],
  STRIKE: ['~~', 's'],
};

export const EMPHASISED = Object.keys(MARKS);

const WORD = /[\p{L}\p{N}]/u;

/**
 * Marks an emphasis as Markdown does where that is read as one: it depends on the letters on both sides (CommonMark §6.2, left-
 * and right-flanking). Elsewhere, as within a word before a bracket, the element of HTML says the same.
 */
export function emphasisText(content: string, node: Node): string {
  if (content.trim() === '') return content;
  const [mark, tag] = MARKS[node.nodeName] ?? ['*', 'em'];
  // Its line ends would end the mark.
  const isPlain = !/\n/.test(content) && isSafe(content, node);
  return isPlain ? `${mark}${content}${mark}` : `<${tag}>${content}</${tag}>`;
}

function isSafe(content: string, node: Node): boolean {
  const text = node.textContent ?? '';
  const before = /^\s/.test(text) ? ' ' : besideIt(node, 'previousSibling');
  const after = /\s$/.test(text) ? ' ' : besideIt(node, 'nextSibling');
  const letters = [...content];
  return isEdgeSafe(before, letters[0] ?? '') && isEdgeSafe(after, letters.at(-1) ?? '');
}

/** `outer` is the letter outside of a mark, `inner` the one within. */
function isEdgeSafe(outer: string | undefined, inner: string): boolean {
  if (outer === undefined || /[*~_\\<]/.test(inner) || /[*~_]/.test(outer)) return false;
  return WORD.test(inner) || outer === '' || /\s/.test(outer);
}

/** The letter beside an element; `''` at the edge of its block, undefined where another mark may stand there. */
function besideIt(node: Node, side: 'previousSibling' | 'nextSibling'): string | undefined {
  for (let at: Node = node; ; ) {
    const next: Node | null = at[side];
    if (next === null) {
      const parent: Node | null = at.parentNode;
      if (parent === null || !INLINE.has(parent.nodeName)) return '';
      if (MARKS[parent.nodeName] !== undefined) return undefined;
      at = parent;
      continue;
    }
    at = next;
    if (next.nodeName === 'BR' || (next.nodeType === 1 && !INLINE.has(next.nodeName))) return '';
    if (MARKS[next.nodeName] !== undefined) return undefined;
    const letters = [...(next.textContent ?? '')];
    const letter = side === 'nextSibling' ? letters[0] : letters.at(-1);
    // What is within may be marked itself.
    if (letter !== undefined) return next.nodeType === 3 ? letter : WORD.test(letter) ? letter : undefined;
  }
}

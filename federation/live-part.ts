const BEGIN = '<!--live ';
const NAMED = '-->\n';
const END = '<!--/live-->\n';

/** Where a page has what changes without a build. */
export interface MarkedPart {
  /** The id of the object that it is about. */
  readonly id: string;
  /** The part stands from here, an index into the page's text, up to `to`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Marks a part of a page as what was true of an object when the page was written, so that a host that knows better can
 * replace it. Takes the object's id, a URL, and HTML that ends in a line feed; gives HTML that shows the same. Never fails:
 * what would end the mark too early (HTML §13.1.6) is no URL, and is not marked.
 */
export function markPart(id: string, html: string): string {
  return /[<>\s]/.test(id) ? html : `${BEGIN}${id}${NAMED}${html}${END}`;
}

/**
 * Finds the part that `markPart` marked. It keeps the rule that the last mark counts: what stands before it may be somebody's
 * text about marks. Takes a page's HTML; undefined for a page without a whole mark, never fails.
 */
export function findPart(page: string): MarkedPart | undefined {
  const to = page.lastIndexOf(END);
  const begin = to < 0 ? -1 : page.lastIndexOf(BEGIN, to);
  const named = begin < 0 ? -1 : page.indexOf(NAMED, begin);
  if (named < 0 || named >= to) return undefined;
  return { id: page.slice(begin + BEGIN.length, named), from: named + NAMED.length, to };
}

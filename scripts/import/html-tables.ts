import type TurndownService from 'turndown';

/** What no table of Markdown has in its cells: those are one line each (GFM §4.10). */
const BLOCKS = ['UL', 'OL', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'HR', 'BLOCKQUOTE', 'PRE'] as const;

interface Element {
  readonly nodeName: string;
  readonly parentNode: Element | null;
  getAttribute(name: string): string | null;
  getElementsByTagName(name: string): ArrayLike<unknown>;
}

/**
 * Writes tables that Markdown cannot have as elements of HTML, with Markdown in their cells, as CommonMark reads it between
 * empty lines (§4.6). Of the source's own elements nothing is left: they may hold scripts.
 */
export function addBlockTables(service: TurndownService): void {
  const known = new WeakMap<Element, boolean>();
  const isBlockTable = (table: Element): boolean => {
    const found = known.get(table) ?? BLOCKS.some((name) => table.getElementsByTagName(name).length > 0);
    known.set(table, found);
    return found;
  };
  const isIn = (node: unknown, names: readonly string[]): boolean => {
    let at: Element | null = node as Element;
    if (!names.includes(at.nodeName)) return false;
    while (at !== null && at.nodeName !== 'TABLE') at = at.parentNode;
    return at !== null && isBlockTable(at);
  };
  service.addRule('block-table', {
    filter: (node) => isIn(node, ['TABLE']),
    replacement: (content) => `\n\n<table>\n${content.trim()}\n</table>\n\n`,
  });
  service.addRule('block-section', {
    filter: (node) => isIn(node, ['THEAD', 'TBODY', 'TFOOT']),
    replacement: (content) => content,
  });
  service.addRule('block-row', {
    filter: (node) => isIn(node, ['TR']),
    replacement: (content) => `\n<tr>\n${content.trim()}\n</tr>\n`,
  });
  service.addRule('block-cell', {
    filter: (node) => isIn(node, ['TH', 'TD']),
    replacement: (content, node) => cellText(content.trim(), node as unknown as Element),
  });
}

function cellText(content: string, cell: Element): string {
  const name = cell.nodeName.toLowerCase();
  const spans = ['colspan', 'rowspan'].flatMap((key) => {
    const value = cell.getAttribute(key) ?? '';
    return /^[1-9]\d{0,2}$/.test(value) ? [` ${key}="${value}"`] : [];
  });
  return `\n<${name}${spans.join('')}>${content === '' ? '' : `\n\n${content}\n\n`}</${name}>\n`;
}

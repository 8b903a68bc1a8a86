import type { RichElement, RichNode, RichTag } from '../rich-text.ts';
import { seemlyText } from './plain-text.ts';

/** Fewer than `renderRichText` writes. What nests deeper is read as its text. */
const MAX_DEPTH = 16;
const MAX_NODES = 2_000;
/** Of text and addresses together, in UTF-16 units: a page shows hundreds of texts. Lemmy's longest come to 10,000. */
export const MAX_TEXT = 16_384;

const BLOCKS: ReadonlySet<RichTag> = new Set<RichTag>(['p', 'pre', 'blockquote', 'ul', 'ol', 'li']);
const LISTS: ReadonlySet<RichTag> = new Set<RichTag>(['ul', 'ol']);

/** What an end tag does not reach across: inline elements end within their block, paragraphs and items within theirs. */
const ENDS_WITHIN: { readonly [tag in RichTag]?: ReadonlySet<RichTag> } = {
  p: new Set<RichTag>(['blockquote', 'ul', 'ol', 'li', 'pre']),
  li: LISTS,
  pre: new Set(),
  blockquote: new Set(),
  ul: new Set(),
  ol: new Set(),
};

interface OpenElement extends RichElement {
  readonly children: RichNode[];
}

/**
 * Puts tags and text together to rich text, whatever their order: what is not closed ends with what is around it, and what
 * was never opened is not closed. The rules are those of HTML where they matter to a reader: a paragraph ends where the
 * next block begins, an item where the next item does, and in lists there are items alone. (HTML §13.2.6, simplified)
 */
export class RichTree {
  readonly #root: RichNode[] = [];
  readonly #open: OpenElement[] = [];
  #count = 0;
  #linePending = false;
  #room = MAX_TEXT;

  /** True when no more is worth reading. */
  get isFull(): boolean {
    return this.#count >= MAX_NODES || this.#room <= 0;
  }

  open(tag: RichTag, href?: string): void {
    if (tag === 'li' && !this.#has(LISTS)) {
      this.open('p');
      return;
    }
    if (BLOCKS.has(tag)) {
      this.close('p');
      this.#linePending = false;
    }
    if (tag === 'li' || tag === 'a') this.close(tag);
    if (tag !== 'li') this.#openItem();
    const isNestedLink = tag === 'a' && this.#open.some((each) => each.tag === 'a');
    if (this.#open.length >= MAX_DEPTH || isNestedLink) return;
    this.#room -= href?.length ?? 0;
    this.#breakLine();
    const element: OpenElement = { tag, ...(href === undefined ? {} : { href }), children: [] };
    this.#add(element);
    this.#open.push(element);
  }

  close(tag: RichTag): void {
    const ends = ENDS_WITHIN[tag] ?? BLOCKS;
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const open = this.#open[index]?.tag;
      if (open === tag) {
        this.#open.length = index;
        if (BLOCKS.has(tag)) this.#linePending = false;
        return;
      }
      if (open !== undefined && ends.has(open)) return;
    }
  }

  text(written: string): void {
    const whole = seemlyText(written);
    if (whole === '') return;
    const text = whole.length > this.#room ? cut(whole, this.#room) : whole;
    this.#room -= whole.length;
    const isBlank = text.trim() === '' && !this.#open.some(({ tag }) => tag === 'pre');
    if (isBlank && (this.#linePending || this.#isAtBlock())) return;
    this.#openItem();
    this.#breakLine();
    const siblings = this.#siblings();
    const last = siblings.at(-1);
    if (typeof last === 'string') siblings[siblings.length - 1] = last + text;
    else this.#add(text);
  }

  lineBreak(): void {
    this.#linePending = false;
    if (!this.#isInList()) this.#add({ tag: 'br', children: [] });
  }

  /** What follows begins on a line of its own. */
  newLine(): void {
    this.close('p');
    this.#linePending = true;
  }

  finish(): readonly RichNode[] {
    return this.#root;
  }

  #breakLine(): void {
    if (!this.#linePending) return;
    this.#linePending = false;
    if (!this.#isAtBlock()) this.#add({ tag: 'br', children: [] });
  }

  /** In a list there are only items, so what comes without one gets one. */
  #openItem(): void {
    if (this.#isInList()) this.open('li');
  }

  #isInList(): boolean {
    const inner = this.#open.at(-1);
    return inner !== undefined && LISTS.has(inner.tag);
  }

  #has(tags: ReadonlySet<RichTag>): boolean {
    return this.#open.some(({ tag }) => tags.has(tag));
  }

  /** At the beginning of an element, or behind a block or line break. */
  #isAtBlock(): boolean {
    const last = this.#siblings().at(-1);
    if (last === undefined) {
      const inner = this.#open.at(-1);
      return inner === undefined || BLOCKS.has(inner.tag);
    }
    return typeof last !== 'string' && (last.tag === 'br' || BLOCKS.has(last.tag));
  }

  #siblings(): RichNode[] {
    return this.#open.at(-1)?.children ?? this.#root;
  }

  #add(node: RichNode): void {
    this.#count += 1;
    this.#siblings().push(node);
  }
}

/** Not through the middle of a character, and seen to be cut. */
function cut(text: string, room: number): string {
  return `${text.slice(0, Math.max(0, room)).replace(/[\ud800-\udbff]$/, '')}…`;
}

import { Parser } from 'htmlparser2';
import { absoluteAddress } from './peer-address.ts';
import {
  type Attributes,
  attribute,
  escapeText,
  linkAttributes,
  peerAttributes,
  peerName,
  treatmentOf,
  writeMediaStart,
  writePicture,
  writeSource,
} from './peer-elements.ts';
import { rewriteKnownTags } from './peer-tags.ts';

/**
 * Turns the HTML of a page into HTML that survives at peers: absolute addresses, the elements they keep, text or a link in
 * place of those they drop, nothing that runs. `base` is the page's URL. Text stays as it is; twice gives what once gave.
 */
export function toPeerHtml(html: string, base: string): string {
  const rewritten = rewriteKnownTags(html, base);
  if (rewritten !== undefined) return rewritten;
  const writer = new PeerWriter(base);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: () => writer.close(),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return writer.result();
}

/** An element of the page that is open. */
interface Open {
  /** What its end writes; grows with what was opened inside it on its behalf. */
  close: string;
  /** May there be a paragraph inside? `never`; `free`, but text needs none; text needs one, which is `closed` or `open`. */
  paragraph: 'never' | 'free' | 'closed' | 'open';
  /** No output of its own: its parent decides. */
  readonly transparent: boolean;
  readonly link: boolean;
  /** Its name on the page, when it is kept. */
  readonly name: string;
  cells: number;
  media?: { href: string | undefined; label: string; linked: boolean };
}

/** Blocks that hold text and paragraphs alike. */
const FREE: ReadonlySet<string> = new Set(['li', 'blockquote', 'details']);

class PeerWriter {
  readonly #base: string;
  readonly #stack: Open[] = [];
  readonly #root = entry('', { paragraph: 'closed' });
  #out = '';
  #dropping = 0;
  #links = 0;

  constructor(base: string) {
    this.#base = base;
  }

  result(): string {
    this.#endParagraph(this.#root);
    return this.#out.trim();
  }

  text(text: string): void {
    if (this.#dropping > 0) return;
    if (text.trim() !== '') this.#startParagraph();
    this.#out += escapeText(text);
  }

  open(name: string, attributes: Attributes): void {
    if (this.#dropping > 0) {
      this.#dropping += 1;
      return;
    }
    const opened = this.#treat(name, attributes);
    if (opened === undefined) {
      this.#dropping = 1;
      return;
    }
    this.#stack.push(opened);
    if (opened.link) this.#links += 1;
  }

  close(): void {
    if (this.#dropping > 0) {
      this.#dropping -= 1;
      return;
    }
    const closed = this.#stack.pop();
    if (closed === undefined) return;
    this.#endParagraph(closed);
    if (closed.media !== undefined) this.#endMedia(closed.media);
    if (closed.link) this.#links -= 1;
    this.#out += closed.close;
  }

  /** Writes the start of an element and gives what to keep of it; undefined when its content goes with it. */
  #treat(name: string, attributes: Attributes): Open | undefined {
    const treatment = treatmentOf(name);
    switch (treatment) {
      case 'phrase':
        return this.#phrase(name, attributes);
      case 'block':
        return this.#block(name, attributes);
      case 'flow':
        return this.#flow();
      case 'cell':
        return this.#cell(name);
      case 'media':
        this.#phrasing(writeMediaStart(name, attributes, this.#base));
        return { ...entry(`</${name}>`), media: this.#mediaOf(attributes) };
      case 'picture':
        this.#phrasing(writePicture(attributes, this.#base));
        return entry('', { transparent: true });
      case 'frame':
        this.#frame(attributes);
        return undefined;
      case 'check':
        this.#check(attributes);
        return undefined;
      case 'drop':
        if (name === 'source') this.#source(attributes);
        return undefined;
      case 'open':
        return entry('', { transparent: true });
      default:
        return treatment satisfies never;
    }
  }

  #phrase(name: string, attributes: Attributes): Open | undefined {
    if (name === 'a') return this.#link(attributes);
    if (name === 'br') {
      this.#out += '<br>';
      return entry('', { transparent: true });
    }
    const tag = peerName(name);
    const kept = peerAttributes(tag, attributes);
    // Highlighting and styling: a span is kept for what it tells peers only.
    if (tag === 'span' && kept === '') return entry('', { transparent: true });
    // As a browser reads it, the second would end the first.
    if (/^r[tp]$/.test(tag) && /^r[tp]$/.test(this.#container().name)) return entry('', { transparent: true });
    this.#phrasing(`<${tag}${kept}>`);
    return entry(`</${tag}>`, { name });
  }

  #link(attributes: Attributes): Open | undefined {
    const href = attributes.href ?? '';
    if (isNavigation(href, attributes)) return undefined;
    const address = isNoteReference(href, attributes) ? undefined : absoluteAddress(href, this.#base);
    if (address === undefined || this.#links > 0) return entry('', { transparent: true });
    for (const open of this.#stack) if (open.media !== undefined) open.media.linked = true;
    this.#phrasing(`<a${attribute('href', address)}${linkAttributes(attributes)}>`);
    return entry('</a>', { link: true });
  }

  #block(name: string, attributes: Attributes): Open {
    const container = this.#container();
    this.#endParagraph(container);
    if (isMisplaced(name, container.name)) return this.#flow();
    const tag = peerName(name);
    this.#out += `<${tag}${peerAttributes(tag, attributes)}>`;
    // A block inside it ends a paragraph, and text after that begins another.
    if (tag === 'p') return entry('', { name, paragraph: 'open' });
    return entry(tag === 'hr' ? '' : `</${tag}>`, { name, paragraph: FREE.has(tag) ? 'free' : 'never' });
  }

  #flow(): Open {
    const container = this.#container();
    this.#endParagraph(container);
    return container.paragraph === 'never' ? entry('', { transparent: true }) : entry('', { paragraph: 'closed' });
  }

  #cell(name: string): Open {
    const row = this.#stack.at(-1);
    if (row !== undefined) {
      if (row.cells > 0) this.#out += ' | ';
      row.cells += 1;
    }
    if (name === 'td') return entry('', { transparent: true });
    this.#phrasing('<strong>');
    return entry('</strong>');
  }

  #frame(attributes: Attributes): void {
    const address = absoluteAddress(attributes.src ?? attributes.data ?? '', this.#base, { media: true });
    if (address === undefined) return;
    const label = escapeText(attributes.title?.trim() || address);
    this.#phrasing(this.#links > 0 ? label : `<a${attribute('href', address)}>${label}</a>`);
  }

  #check(attributes: Attributes): void {
    if (attributes.type?.toLowerCase() !== 'checkbox') return;
    this.#phrasing(attributes.checked === undefined ? '☐' : '☑');
  }

  #mediaOf(attributes: Attributes): NonNullable<Open['media']> {
    const href = absoluteAddress(attributes.src ?? '', this.#base, { media: true });
    return { href, label: attributes.title?.trim() || attributes['aria-label']?.trim() || '', linked: this.#links > 0 };
  }

  #source(attributes: Attributes): void {
    const { media } = this.#stack.at(-1) ?? {};
    const src = absoluteAddress(attributes.src ?? '', this.#base, { media: true });
    if (media === undefined || src === undefined) return;
    media.href ??= src;
    this.#out += writeSource(src, attributes);
  }

  /** Peers that drop the player keep what is inside it. */
  #endMedia(media: NonNullable<Open['media']>): void {
    if (media.linked || media.href === undefined) return;
    this.#out += `<a${attribute('href', media.href)}>${escapeText(media.label || media.href)}</a>`;
  }

  /** The nearest open element that has a say in paragraphs. */
  #container(): Open {
    for (let index = this.#stack.length - 1; index >= 0; index -= 1) {
      const open = this.#stack[index];
      if (open !== undefined && !open.transparent) return open;
    }
    return this.#root;
  }

  #phrasing(written: string): void {
    this.#startParagraph();
    this.#out += written;
  }

  #startParagraph(): void {
    const container = this.#container();
    if (container.paragraph !== 'closed') return;
    container.paragraph = 'open';
    this.#out += '<p>';
  }

  #endParagraph(container: Open): void {
    if (container.paragraph !== 'open') return;
    container.paragraph = 'closed';
    this.#out += '</p>';
  }
}

function entry(
  close: string,
  options: { paragraph?: Open['paragraph']; transparent?: boolean; link?: boolean; name?: string } = {},
): Open {
  const { paragraph = 'never', transparent = false, link = false, name = '' } = options;
  return { close, paragraph, transparent, link, name, cells: 0 };
}

/** A row needs its table and an item its list; a heading in a heading would end it. */
function isMisplaced(name: string, container: string): boolean {
  if (name === 'tr' || name === 'caption') return container !== 'table';
  if (/^h[1-6]$/.test(name)) return /^h[1-6]$/.test(container);
  return name === 'li' && !['ul', 'ol', 'table'].includes(container);
}

/** The arrow back from a footnote, the mark beside a heading: they lead nowhere on another site. */
function isNavigation(href: string, attributes: Attributes): boolean {
  if (!href.startsWith('#')) return false;
  return (
    attributes['aria-hidden'] === 'true' ||
    attributes.role === 'doc-backlink' ||
    /\bfootnote-backref\b/.test(attributes.class ?? '')
  );
}

/** The number stays, and the note under the text has the same; only the jump is gone. */
function isNoteReference(href: string, attributes: Attributes): boolean {
  return attributes.role === 'doc-noteref' || /^#fn/.test(href);
}

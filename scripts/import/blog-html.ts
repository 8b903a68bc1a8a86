import type { Readable } from 'node:stream';
import render from 'dom-serializer';
import { DomUtils } from 'htmlparser2';
import { mediaAddress } from './escape-markdown.ts';
import {
  codeBlock,
  type Element,
  element,
  isOneLine,
  lastOf,
  type Node,
  readTree,
  replace,
  textOf,
  withoutRuns,
  wrap,
} from './html-nodes.ts';
import { type HtmlOptions, htmlToMarkdown } from './html-to-markdown.ts';
import type { ImportedMedia } from './source.ts';

/** A file of the export that an address stands for. */
export interface FoundFile {
  /** The same for the same file. */
  readonly key: string;
  /** What it is called, without a folder. */
  readonly name: string;
  readonly open: () => Promise<Readable>;
}

/** What a blog's export says of the files that its posts show. */
export interface BlogFiles {
  /** By a whole address, or a path where the export knows no address of its own. */
  find(address: string): FoundFile | undefined;
}

export interface BlogBody {
  readonly markdown: string;
  readonly media: readonly ImportedMedia[];
  /** Addresses of pictures and films that the export does not have: links lead there. */
  readonly missing: readonly string[];
}

/** Turns the HTML of one blog's posts into Markdown, with the files that they show. */
export interface BlogReader {
  /** Undefined for what is no post that anybody wrote: too long, or too deep to be read. */
  read(html: string): BlogBody | undefined;
}

/** Stands in addresses for a file of the post until they are Markdown. Nothing is ever there (RFC 2606 §2). */
const PLACE = 'https://media.invalid/';

export function createBlogReader(files: BlogFiles, options: { readonly baseUrl?: string } = {}): BlogReader {
  const picture = (src: string): string | undefined =>
    src.startsWith(PLACE) ? decodeURIComponent(src.slice(PLACE.length)) : undefined;
  const html: HtmlOptions = { picture, ...options };
  return {
    read(written) {
      const document = written.includes(PLACE) ? undefined : readTree(written);
      if (document === undefined) return undefined;
      const body = new Body(files, options.baseUrl);
      body.walk(document.children);
      const markdown = htmlToMarkdown(render(document, { encodeEntities: 'utf8' }), html);
      return { markdown: markdown.replaceAll(`](${PLACE}`, '](media:'), media: body.media, missing: body.missing };
    },
  };
}

/** What a player, or a plugin of WordPress.com, puts beside the post's own words. */
const CONTROLS =
  /(?:^|\s)(?:kg-(?:video-overlay|video-player(?:-container)?|audio-player)|sharedaddy|jp-relatedposts)(?:\s|$)/;

class Body {
  readonly media: ImportedMedia[] = [];
  readonly missing: string[] = [];
  private readonly files: BlogFiles;
  private readonly baseUrl: string | undefined;
  private readonly names = new Map<string, string>();

  constructor(files: BlogFiles, baseUrl: string | undefined) {
    this.files = files;
    this.baseUrl = baseUrl;
  }

  walk(nodes: readonly Node[]): void {
    for (const node of [...nodes]) {
      // What editors leave for themselves: marks of blocks, of where a teaser ends.
      if (node.type === 'comment' || node.type === 'directive') DomUtils.removeElement(node);
      else if (node.type === 'text') node.data = withoutRuns(node.data);
      else if ('attribs' in node) this.element(node);
    }
  }

  private element(node: Element): void {
    // Without scripts it repeats what another element loads later.
    if (node.name === 'noscript') return;
    if (CONTROLS.test(node.attribs.class ?? '')) {
      DomUtils.removeElement(node);
      return;
    }
    if (node.name === 'a' && !isOneLine(node)) {
      const children = [...node.children];
      replace(node, children);
      this.walk(children);
      return;
    }
    const stands = this.standsFor(node);
    if (stands !== undefined) replace(node, stands);
    else if (node.name !== 'img') this.walk(node.children);
    if (node.name === 'a') this.link(node);
    if (node.name === 'figcaption') wrap(node, 'em', 'p');
  }

  /** What is to stand where a picture, a film or code stood. Undefined where it stays. */
  private standsFor(node: Element): readonly Node[] | undefined {
    if (node.name === 'pre') return [codeBlock(node)];
    if (node.name === 'img') return this.picture(node);
    return node.name === 'video' || node.name === 'audio' ? this.player(node) : undefined;
  }

  private picture(node: Element): readonly Node[] | undefined {
    if (/\b(?:custom-emoji|emoji|wp-smiley)\b/.test(node.attribs.class ?? '')) return undefined;
    if (isPixel(node)) return [];
    const alt = (node.attribs.alt ?? '').trim();
    const address = this.absolute(sourceOf(node));
    if (address === '' || address.startsWith('data:')) return textOf(alt);
    return this.fileOrLink([address], alt, isInLink(node));
  }

  private player(node: Element): readonly Node[] {
    const sources = [node, ...DomUtils.getElementsByTagName('source', node)];
    const addresses = sources.map(({ attribs }) => this.absolute(attribs.src ?? '')).filter((one) => one !== '');
    return this.fileOrLink(addresses, (node.attribs['aria-label'] ?? node.attribs.title ?? '').trim(), isInLink(node));
  }

  private fileOrLink(addresses: readonly string[], alt: string, isInLink: boolean): readonly Node[] {
    const [first] = addresses;
    if (first === undefined) return [];
    for (const address of addresses) {
      const file = this.files.find(address);
      if (file) return element('img', { src: this.place(file, alt, address), alt });
    }
    this.missing.push(first);
    const words = alt === '' ? lastOf(first) : alt;
    // A link in a link is none, and a path without a site leads nowhere.
    return isInLink || !/^https?:/i.test(first) ? textOf(words) : element('a', { href: first }, words);
  }

  private link(node: Element): void {
    const address = this.absolute(node.attribs.href ?? '');
    const file = address === '' ? undefined : this.files.find(address);
    if (file === undefined) return;
    const isPicture = /\.(?:avif|gif|jpe?g|png|webp)$/i.test(file.name);
    const shows = DomUtils.getElementsByTagName('img', node).length > 0 && DomUtils.textContent(node).trim() === '';
    // A small picture that leads to the same one larger is that one.
    if (isPicture && shows) replace(node, node.children);
    else node.attribs.href = this.place(file, '', address);
  }

  /** The address that stands for a file, which is among the post's media from now on. */
  private place(file: FoundFile, alt: string, url: string): string {
    const known = this.names.get(file.key);
    const name = known ?? freeName(file.name, [...this.names.values()]);
    if (known === undefined) {
      this.names.set(file.key, name);
      this.media.push({ name, alt, open: file.open, ...(/^https?:/i.test(url) ? { url } : {}) });
    }
    return PLACE + mediaAddress(name).slice('media:'.length);
  }

  private absolute(written: string): string {
    const address = written.trim();
    if (address === '' || /^(?:data|javascript|blob):/i.test(address))
      return address.slice(0, 5) === 'data:' ? 'data:' : '';
    return URL.canParse(address, this.baseUrl) ? new URL(address, this.baseUrl).href : address;
  }
}

/** Plugins that load pictures late put something else, or nothing, where their address belongs. */
function sourceOf({ attribs }: Element): string {
  const { src = '' } = attribs;
  const late = attribs['data-src'] ?? attribs['data-lazy-src'] ?? attribs['data-original'] ?? '';
  return (src === '' || src.startsWith('data:')) && late !== '' ? late : src;
}

/** Counts readers, and shows nothing. */
function isPixel({ attribs }: Element): boolean {
  return /^[01](?:px)?$/.test(attribs.width ?? '') && /^[01](?:px)?$/.test(attribs.height ?? '');
}

function isInLink(node: Element): boolean {
  for (let at: Element | null = parentOf(node); at !== null; at = parentOf(at)) if (at.name === 'a') return true;
  return false;
}

function parentOf({ parent }: Element): Element | null {
  return parent !== null && 'attribs' in parent ? parent : null;
}

function freeName(name: string, used: readonly string[]): string {
  let free = name;
  for (let n = 2; used.includes(free); n += 1) free = `${n}-${name}`;
  return free;
}

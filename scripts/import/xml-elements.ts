import type { Readable } from 'node:stream';
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { damaged } from './entry-name.ts';

/** An element with all that is in it. */
export interface XmlElement {
  /** As written: `content:encoded`. */
  readonly name: string;
  /** Without its prefix. */
  readonly local: string;
  /** Its namespace; empty where it has none. */
  readonly uri: string;
  /** By name as written. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

export interface XmlPlace {
  readonly archive: string;
  readonly file: string;
}

/** No post has more; whoever sends a longer one wants to fill the memory. */
const LONGEST_ELEMENT = 64 * 1024 ** 2;
const DEEPEST = 256;

/**
 * Exporters write these, and nothing is lost by reading on: an entity that is no XML stays as written (`&nbsp;`), as do the
 * control characters that old databases hold, and a plugin's prefix without a namespace.
 */
const HARMLESS = /undefined entity|disallowed character|unbound namespace prefix/;

/**
 * Gives the elements of an XML file of any size for which `isWanted` says yes to the names on the way to them, one after the
 * other. Entities that a DOCTYPE declares are not expanded, and nothing outside of the file is read. Rejects with
 * `archive-damaged` where the file is not well-formed, breaks off, or is in another encoding than it says.
 */
export async function* xmlElements(
  stream: Readable,
  isWanted: (path: readonly string[]) => boolean,
  where: XmlPlace,
): AsyncGenerator<XmlElement> {
  const builder = createBuilder(isWanted, where);
  const text = createDecoder(where);
  try {
    for await (const chunk of stream) {
      const bytes: Buffer = chunk;
      builder.write(text.decode(bytes), bytes.length);
      yield* builder.take();
    }
    builder.write(text.end(), 0);
    builder.close();
    yield* builder.take();
  } finally {
    stream.destroy();
  }
}

interface Draft extends XmlElement {
  readonly children: (XmlElement | string)[];
}

interface Builder {
  write(text: string, bytes: number): void;
  close(): void;
  take(): XmlElement[];
}

function createBuilder(isWanted: (path: readonly string[]) => boolean, where: XmlPlace): Builder {
  const parser = new SaxesParser({ xmlns: true });
  const path: string[] = [];
  /** Those that are open below and with the one that is wanted. */
  const open: Draft[] = [];
  let done: XmlElement[] = [];
  let since = 0;
  parser.on('error', (error) => {
    if (!HARMLESS.test(error.message)) throw damaged(where.archive, `${where.file} is no sound XML: ${error.message}`);
  });
  const addText = (text: string): void => {
    open.at(-1)?.children.push(text);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', ({ name, local, uri, attributes }) => {
    path.push(name);
    if (path.length > DEEPEST)
      throw damaged(where.archive, `${where.file} has elements in elements, too deep for any export`);
    if (open.length === 0) since = 0;
    if (open.length === 0 && !isWanted(path)) return;
    const draft: Draft = { name, local, uri, attributes: attributesOf(attributes), children: [] };
    open.at(-1)?.children.push(draft);
    open.push(draft);
  });
  parser.on('closetag', () => {
    path.pop();
    const closed = open.pop();
    if (open.length > 0) return;
    since = 0;
    if (closed) done.push(closed);
  });
  return {
    write(text, bytes) {
      since += bytes;
      parser.write(text);
      if (since > LONGEST_ELEMENT) throw damaged(where.archive, `an entry of ${where.file} is longer than any post`);
    },
    close: () => void parser.close(),
    take() {
      const taken = done;
      done = [];
      return taken;
    },
  };
}

function attributesOf(attributes: Readonly<Record<string, SaxesAttributeNS>>): Map<string, string> {
  return new Map(Object.entries(attributes).map(([name, { value }]) => [name, value]));
}

interface Decoder {
  decode(bytes: Buffer): string;
  end(): string;
}

/** More than any XML declaration takes. */
const HEAD = 200;

/** Reads the encoding that a byte order mark or the XML declaration names (XML 1.0, appendix F), UTF-8 otherwise. */
function createDecoder({ archive, file }: XmlPlace): Decoder {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const read = (bytes: Buffer | undefined): string => {
    try {
      decoder ??= new TextDecoder(encodingOf(bytes ?? Buffer.alloc(0)), { fatal: true });
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      const encoding = decoder?.encoding ?? 'no encoding that is known';
      throw damaged(archive, `${file} is not in the encoding that it says (${encoding}): save it as UTF-8`, cause);
    }
  };
  const flush = (): string => {
    const bytes = head ?? Buffer.alloc(0);
    head = undefined;
    return read(bytes);
  };
  return {
    decode(bytes) {
      if (head === undefined) return read(bytes);
      head = Buffer.concat([head, bytes]);
      return head.length < HEAD ? '' : flush();
    },
    end: () => (head === undefined ? '' : flush()) + read(undefined),
  };
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const said = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    bytes.toString('latin1', 0, HEAD),
  )?.[1];
  return said ?? 'utf-8';
}

/** The first child of a name as written. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

export function childrenOf(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** All the text in it. */
export function textOf(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

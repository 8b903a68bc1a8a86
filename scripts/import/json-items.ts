import type { Readable } from 'node:stream';
import { JSONParser, TokenType } from '@streamparser/json';
import { PosternError } from '../../server/errors.ts';
import { errorText } from '../../server/http/bodies.ts';
import { damaged } from './entry-name.ts';
import type { Archive } from './source.ts';

/** No post has more; whoever sends a longer one wants to fill the memory. */
const LONGEST_ITEM = 64 * 1024 ** 2;

/** Single documents that are read whole, such as a profile. */
const LONGEST_DOCUMENT = 16 * 1024 ** 2;

/** No export has more; each level is kept in memory, and ten million of them fit into a small file. */
const DEEPEST = 200;

/** Makes the parser of a stream of JSON. It throws where that is nested deeper than any export. */
export function createJsonParser(paths: string[]): JSONParser {
  const parser = new JSONParser({ paths, keepStack: false });
  let depth = 0;
  parser.onToken = ({ token }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth += 1;
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth -= 1;
    if (depth > DEEPEST) throw new Error('it is nested too deep for any export');
  };
  return parser;
}

/**
 * Gives the values at a path of a JSON file of any size, such as `$.orderedItems.*`, one after the other. Rejects with
 * `archive-damaged` where the file is no JSON or breaks off.
 */
export async function* jsonItems(stream: Readable, path: string, where: JsonPlace): AsyncGenerator<unknown> {
  const found: unknown[] = [];
  const parser = createJsonParser([path]);
  parser.onValue = ({ value }) => found.push(value);
  let since = 0;
  let read = 0;
  try {
    for await (const chunk of stream) {
      const bytes: Uint8Array = read === 0 ? withoutMark(chunk) : chunk;
      parse(() => parser.write(bytes), where);
      read += bytes.length;
      since = found.length > 0 ? 0 : since + bytes.length;
      if (since > LONGEST_ITEM) throw damaged(where.archive, `an entry of ${where.file} is longer than any post`);
      yield* found.splice(0);
    }
    parse(() => {
      if (!parser.isEnded) parser.end();
    }, where);
    if (read === 0 || !parser.isEnded) throw damaged(where.archive, `${where.file} breaks off`);
  } finally {
    stream.destroy();
  }
}

export interface JsonPlace {
  readonly archive: string;
  readonly file: string;
}

function parse(step: () => void, { archive, file }: JsonPlace): void {
  try {
    step();
  } catch (cause) {
    throw damaged(archive, `${file} is not the JSON that it should be: ${errorText(cause)}`, cause);
  }
}

function withoutMark(chunk: Buffer): Buffer {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

/** Reads a small JSON file whole; undefined when the archive has none of the name. */
export async function jsonDocument(archive: Archive, file: string, path: string): Promise<unknown> {
  const entry = archive.files.get(file);
  if (entry === undefined) return undefined;
  if (entry.size > LONGEST_DOCUMENT) throw damaged(path, `${file} is far too large`);
  const text = await wholeText(await archive.open(file));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(path, `${file} is not the JSON that it should be: ${errorText(cause)}`, cause);
  }
}

/** Reads text that is known to be short. */
export async function wholeText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_DOCUMENT)
      throw new PosternError('archive-too-large', 'A file that is read whole is longer than 16 MiB.', {
        hint: 'Split it, and import the parts.',
      });
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

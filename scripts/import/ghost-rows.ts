import type { Readable } from 'node:stream';
import { errorText } from '../../server/http/bodies.ts';
import { damaged } from './entry-name.ts';
import { createJsonParser, type JsonPlace } from './json-items.ts';

/** A row of a table of the database that was exported. */
export interface GhostRow {
  /** `posts`, `tags`, `posts_tags` … */
  readonly table: string;
  readonly row: unknown;
}

/** Exports have their database in a list of one since 0.7; what is made for an import may have it bare. */
const PATHS = ['$.db.*.data.*.*', '$.data.*.*'];

/** No post has more; whoever sends a longer one wants to fill the memory. */
const LONGEST_ROW = 64 * 1024 ** 2;

/** Gives the rows of an export of any size, one after the other. Rejects with `archive-damaged` where it is none. */
export async function* ghostRows(stream: Readable, { archive, file }: JsonPlace): AsyncGenerator<GhostRow> {
  const found: GhostRow[] = [];
  const parser = createJsonParser(PATHS);
  parser.onValue = ({ value, stack }) => found.push({ table: String(stack.at(-1)?.key ?? ''), row: value });
  const parse = (step: () => void): void => {
    try {
      step();
    } catch (cause) {
      throw damaged(archive, `${file} is not the JSON that it should be: ${errorText(cause)}`, cause);
    }
  };
  let since = 0;
  try {
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk;
      parse(() => parser.write(bytes));
      since = found.length > 0 ? 0 : since + bytes.length;
      if (since > LONGEST_ROW) throw damaged(archive, `an entry of ${file} is longer than any post`);
      yield* found.splice(0);
    }
    parse(() => {
      if (!parser.isEnded) parser.end();
    });
    if (!parser.isEnded) throw damaged(archive, `${file} breaks off`);
  } finally {
    stream.destroy();
  }
}

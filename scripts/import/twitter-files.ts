import { Readable } from 'node:stream';
import { damaged } from './entry-name.ts';
import { jsonItems } from './json-items.ts';
import type { Archive } from './source.ts';

/** The files of one archive that are read, by what they hold. */
export interface TwitterFiles {
  readonly archive: Archive;
  /** The archive itself, for errors. */
  readonly path: string;
  /** Where `account.js` lies: `''` or ending in `/`. */
  readonly folder: string;
  /** In the order of their numbers. */
  readonly tweets: readonly string[];
}

/**
 * Finds what belongs together: tweets and the account that wrote them, in one folder. It is `data/` since 2019; before, and where
 * somebody names that folder, they lie at the root.
 */
export function findTwitterFiles(archive: Archive, path: string): TwitterFiles | undefined {
  const folders = [...archive.files.keys()]
    .filter((file) => /(?:^|\/)account\.js$/.test(file))
    .map((file) => file.slice(0, -'account.js'.length))
    .sort((a, b) => a.length - b.length);
  for (const folder of folders) {
    const tweets = partsOf(archive, folder, 'tweets');
    const found = tweets.length > 0 ? tweets : partsOf(archive, folder, 'tweet');
    if (found.length > 0) return { archive, path, folder, tweets: found };
  }
  return undefined;
}

/** `tweets.js`, `tweets-part1.js`, `tweets-part2.js` …: large archives are cut. */
export function partsOf({ files }: Archive, folder: string, name: string): string[] {
  const parts: { readonly file: string; readonly number: number }[] = [];
  for (const file of files.keys()) {
    if (!file.startsWith(folder)) continue;
    const [, base, number = '0'] = /^([a-z-]+?)(?:-part(\d{1,6}))?\.js$/.exec(file.slice(folder.length)) ?? [];
    if (base === name) parts.push({ file, number: Number(number) });
  }
  return parts.sort((a, b) => a.number - b.number).map(({ file }) => file);
}

/** Gives what a file lists, `window.YTD.tweets.part0 = [ … ]`, one after the other; nothing where there is no such file. */
export async function* twitterItems({ archive, path }: TwitterFiles, file: string): AsyncGenerator<unknown> {
  if (!archive.files.has(file)) return;
  const where = { archive: path, file };
  const stream = await archive.open(file);
  yield* jsonItems(Readable.from(withoutScript(stream, where), { objectMode: false }), '$.*', where);
}

/** More than any name takes. */
const LONGEST_NAME = 200;
const ASSIGNMENT = /^(?:\uFEFF|\u00EF\u00BB\u00BF)?\s*window\.YTD\.[\w.]+\s*=\s*/;

/** They are scripts: a value is assigned, and a semicolon may follow. What is between is JSON. */
async function* withoutScript(
  stream: Readable,
  { archive, file }: { readonly archive: string; readonly file: string },
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  /** Semicolons and spaces that may be the last. */
  let tail = Buffer.alloc(0);
  const split = (bytes: Buffer): Buffer => {
    const all = Buffer.concat([tail, bytes]);
    let end = all.length;
    while (end > 0 && [0x3b, 0x20, 0x0a, 0x0d, 0x09].includes(all[end - 1] ?? 0)) end -= 1;
    tail = all.subarray(end);
    return all.subarray(0, end);
  };
  const afterHead = (bytes: Buffer): Buffer => {
    const assigned = ASSIGNMENT.exec(bytes.toString('latin1', 0, LONGEST_NAME))?.[0];
    if (assigned === undefined)
      throw damaged(archive, `${file} does not begin with "window.YTD.… =", as the files of such archives do`);
    return bytes.subarray(assigned.length);
  };
  for await (const chunk of stream) {
    const bytes: Buffer = chunk;
    if (head === undefined) yield split(bytes);
    else {
      head = Buffer.concat([head, bytes]);
      if (head.length < LONGEST_NAME) continue;
      yield split(afterHead(head));
      head = undefined;
    }
  }
  if (head !== undefined) yield split(afterHead(head));
}

/** Gives the one thing that a small file holds, such as `account.js`. */
export async function firstItem(files: TwitterFiles, name: string): Promise<unknown> {
  for await (const item of twitterItems(files, `${files.folder}${name}.js`)) return item;
  return undefined;
}

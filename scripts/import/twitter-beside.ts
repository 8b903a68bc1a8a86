import { wholeText } from './json-items.ts';
import type { ImportEntry } from './source.ts';
import { partsOf, type TwitterFiles } from './twitter-files.ts';

/** What an archive has beside tweets: none of it is read, whatever it holds. */
const BESIDE: readonly (readonly [file: string, kind: string, reason: string])[] = [
  ['direct-messages', 'conversation', 'direct messages are private: they are never read'],
  ['direct-messages-group', 'conversation', 'direct messages are private: they are never read'],
  ['twitter-circle-tweet', 'tweet to a circle', 'it was for some alone, and files here are for everybody'],
  ['deleted-tweets', 'deleted tweet', 'you deleted it there'],
  ['deleted-tweet', 'deleted tweet', 'you deleted it there'],
  ['community-tweet', 'tweet in a community', 'it was part of a conversation elsewhere'],
  ['like', 'like', 'the archive does not say when, and the blog likes nothing there'],
  ['article', 'long article of X', 'articles are not read: copy those that you want to keep'],
];

/** A manifest that says more counts nothing. */
const MOST = 10_000_000;

/** Counts what stays out, as the manifest of the archive has it; the files themselves stay closed. */
export async function* besideTweets(files: TwitterFiles): AsyncGenerator<ImportEntry> {
  const counts = await readCounts(files);
  for (const [name, kind, reason] of BESIDE) {
    for (const file of partsOf(files.archive, files.folder, name)) {
      const said = counts.get(file.slice(file.lastIndexOf('/') + 1));
      if (said === undefined) yield { type: 'left-out', leftOut: { kind: `file: ${kind}`, reason, where: file } };
      for (let n = 0; n < (said ?? 0); n += 1)
        yield { type: 'left-out', leftOut: n === 0 ? { kind, reason, where: file } : { kind, reason } };
    }
  }
}

/** `manifest.js` says for each file how many entries it has. Archives before 2020 have none. */
async function readCounts({ archive, folder }: TwitterFiles): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const entry = archive.files.get(`${folder}manifest.js`);
  if (entry === undefined || entry.size > 4 * 1024 ** 2) return counts;
  const text = await wholeText(await archive.open(entry.path));
  for (const [, name = '', count = ''] of text.matchAll(
    /"fileName"\s*:\s*"(?:[^"]*\/)?([^"/]+\.js)"[^{}]*?"count"\s*:\s*"?(\d{1,8})\b/g,
  ))
    counts.set(name, Math.min(Number(count), MOST));
  return counts;
}

import { isJsonObject } from '../../federation/vocabulary.ts';
import { MAX_READING, type ReadingItem, type ReadingStore } from './account-store.ts';
import { sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import { dropOldest, memoryReading } from './memory-reading.ts';
import { isAuthor, isContent } from './stored-content.ts';
import { hasTexts } from './stored-texts.ts';

/** So many that what others post is spread, and so few that a feed reader may ask for all of them each hour. */
const BUCKETS = 32;

/** Items of one document. */
export const MOST_READING = Math.floor(MAX_READING / BUCKETS);

/** The most that one document takes, in characters of JSON: some forty of the longest posts. */
export const MOST_READING_TEXT = 1_048_576;

/** What followed accounts said, in Blobs. Of a full document the oldest goes. */
export function blobsReading(blobs: BlobStore, options: PlacedOptions): ReadingStore {
  const kind = { folder: 'reading', buckets: BUCKETS, keyOf: ({ id }: ReadingItem) => id, isValue: isItem };
  const items = openPlaced(blobs, kind, options);
  return {
    put: async (item) =>
      items.change(item.id, (map) => {
        const result = memoryReading(map, MOST_READING).put(item);
        while (textOf(map) > MOST_READING_TEXT) dropOldest(map);
        return result;
      }),
    get: async (id) => (await items.read(id)).get(id),
    // What was boosted is looked for everywhere: a follow brings a post each hour, and one that is taken back each week.
    remove: async (actor, id) => sum(await items.changeAll((map) => memoryReading(map).remove(actor, id))),
    newest: async (limit) => memoryReading(await items.all()).newest(limit),
    prune: async (before) => sum(await items.changeAll((map) => memoryReading(map).prune(before))),
    forgetActor: async (actor) => sum(await items.changeAll((map) => memoryReading(map).forgetActor(actor))),
  };
}

function textOf(items: ReadonlyMap<string, ReadingItem>): number {
  return sum([...items.values()].map((item) => JSON.stringify(item).length));
}

function isItem(json: unknown): json is ReadingItem {
  if (!isJsonObject(json)) return false;
  const { kind, author, content } = json;
  const isWhole = isAuthor(author) && isContent(content) && (kind === 'post' || kind === 'boost');
  return isWhole && hasTexts(json, ['id', 'actor', 'at'], ['object', 'inReplyTo']);
}

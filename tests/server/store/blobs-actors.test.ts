import { beforeEach, expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { MAX_CACHED_ACTORS, type Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import { placeOf } from './known-buckets.ts';
import { collect } from './samples.ts';

let store: Store;
beforeEach(() => {
  store = openBlobsStore(openBlobModel());
});

/** URLs that share a bucket. */
function neighbours(count: number): string[] {
  const found: string[] = [];
  for (let n = 0; found.length < count; n += 1)
    if (placeOf(500, `https://x.example/${n}`) === 7) found.push(`https://x.example/${n}`);
  return found;
}

test('the cache never holds more than its bound, and what came last is in it', async () => {
  for (let n = 0; n < 1.5 * MAX_CACHED_ACTORS; n += 1) {
    await store.actors.put({ url: `u${n}`, fetchedAt: n, status: 404 });
    expect(await store.actors.get(`u${n}`)).toBeDefined();
  }
  const urls = new Set((await collect(store.actors.all())).map(({ url }) => url));
  expect(urls.size).toBeLessThanOrEqual(MAX_CACHED_ACTORS);
  expect(urls.size).toBeGreaterThan(0.9 * MAX_CACHED_ACTORS);
});

test('a quarter of what fits loses next to nothing', async () => {
  for (let n = 0; n < MAX_CACHED_ACTORS / 4; n += 1)
    await store.actors.put({ url: `u${n}`, fetchedAt: n, status: 404 });
  expect((await collect(store.actors.all())).length).toBeGreaterThan(0.99 * (MAX_CACHED_ACTORS / 4));
});

test('in a full bucket what was fetched longest ago makes room, whenever it was put', async () => {
  const [late = '', oldest = '', ...others] = neighbours(11);
  await store.actors.put({ url: late, fetchedAt: 50, status: 404 });
  await store.actors.put({ url: oldest, fetchedAt: 1, status: 404 });
  for (const [n, url] of others.entries()) await store.actors.put({ url, fetchedAt: 2 + n, status: 404 });
  expect(await store.actors.get(oldest)).toBeUndefined();
  for (const url of [late, ...others]) expect(await store.actors.get(url)).toBeDefined();
});

test('long documents make room for each other, but one alone is kept however long', async () => {
  const [first = '', second = '', third = ''] = neighbours(3);
  const long = { content: 'x'.repeat(150_000) };
  await store.actors.put({ url: first, fetchedAt: 1, status: 200, document: long });
  await store.actors.put({ url: second, fetchedAt: 2, status: 200, document: long });
  expect(await store.actors.get(first)).toBeUndefined();
  expect(await store.actors.get(second)).toBeDefined();
  await store.actors.put({ url: third, fetchedAt: 3, status: 200, document: { content: 'x'.repeat(900_000) } });
  expect((await collect(store.actors.all())).map(({ url }) => url)).toEqual([third]);
});

test('a document that was fetched again while old ones are dropped stays', async () => {
  const slow = openBlobsStore(openBlobModel());
  await slow.actors.put({ url: 'a', fetchedAt: 1, status: 404 });
  const author = slow.interactions.author;
  Object.assign(slow.interactions, {
    author: async (actor: string) => {
      await slow.actors.put({ url: 'a', fetchedAt: 9, status: 404 });
      return author(actor);
    },
  });
  expect(await slow.actors.prune(5)).toBe(0);
  expect(await slow.actors.get('a')).toEqual({ url: 'a', fetchedAt: 9, status: 404 });
});

import { expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import { collect, follower } from './samples.ts';

const NOW = Date.UTC(2026, 10, 23);

/** The names of all followers, newest first, two a page; while it is walked, `meanwhile` happens. */
async function walk({ followers }: Store, meanwhile: (page: number) => Promise<unknown> = async () => {}) {
  const names: string[] = [];
  let page = await followers.page({ limit: 2 });
  for (let number = 0; ; number += 1) {
    names.push(...page.items.map(({ actor }) => actor.slice(actor.lastIndexOf('/') + 1)));
    if (page.cursor === undefined) return names;
    await meanwhile(number);
    page = await followers.page({ limit: 2, before: page.cursor });
  }
}

test('many processes whose clocks stand at the same millisecond: nobody is shown twice or left out', async () => {
  const model = openBlobModel();
  const names = Array.from({ length: 300 }, (_, n) => `f${n}`);
  const put = (name: string) => openBlobsStore(model, { clock: () => NOW }).followers.put(follower(name));
  await Promise.all(names.map(put));
  const walked = await walk(openBlobsStore(model), (page) =>
    page < 20 ? put(`late${page}`) : openBlobsStore(model).followers.remove(follower(doomed(page)).actor),
  );
  expect(new Set(walked).size).toBe(walked.length);
  expect(walked).toEqual(expect.arrayContaining(names.slice(100)));
});

/** One of the first hundred: some are gone when the walk comes to them, others were shown before. */
function doomed(page: number): string {
  return `f${page % 100}`;
}

test('they are in the order of the clocks, a process that is ahead a little newer; a replaced one stays in its place', async () => {
  const model = openBlobModel();
  let now = NOW;
  const [right, ahead] = [0, 40].map((skew) => openBlobsStore(model, { clock: () => now + skew }));
  for (const name of ['a', 'b', 'c', 'd']) {
    await (name === 'b' ? ahead : right)?.followers.put(follower(name));
    now += 25;
  }
  await right?.followers.put(follower('a', { followId: 'again' }));
  expect(await walk(openBlobsStore(model))).toEqual(['d', 'b', 'c', 'a']);
});

test('places stay numbers of a cursor until the year 2080', async () => {
  const store = openBlobsStore(openBlobModel(), { clock: () => Date.UTC(2080, 0, 1) });
  for (const name of ['a', 'b', 'c']) await store.followers.put(follower(name));
  expect(await walk(store)).toEqual(['c', 'b', 'a']);
});

test('no id is in the clear in any key, and none is longer than a key may be', async () => {
  const model = openBlobModel();
  const store = openBlobsStore(model);
  const { actor } = follower('secret');
  await store.followers.put(follower('secret'));
  await store.requests.put(follower('secret'));
  await store.inbound.markSeen(actor, 1);
  await store.actors.put({ url: actor, fetchedAt: 1, status: 404 });
  await store.workers.beat('secret', 1);
  await store.messages.put({ object: 'secret', sender: 'secret', jwe: '', at: '' });
  expect(await collect(store.followers.all())).toHaveLength(1);
  for (const key of model.blobs.keys()) expect(key).toMatch(/^([a-z-]+\/[0-9a-f]{3}|secrets\/buckets)$/);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ledger } from '../../../federation/ledger.ts';
import type { BlobStore } from '../../../server/store/blobs-client.ts';
import { blobsLedger } from '../../../server/store/blobs-ledger.ts';
import { type BlobModel, type BlobModelOptions, openBlobModel, type WriteFate } from './blob-model.ts';
import { BEGUN, ledgerObject, ORIGIN } from './samples.ts';

/*
 * The blobs beside the ledger: what a swap replaces, and what one leaves that was refused or cut short.
 */

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23);
const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };
const OBJECTS = Array.from({ length: 300 }, (_, n) => ledgerObject(`o${n}`));
const BASELINE: Ledger = {
  origin: ORIGIN,
  actor: ACTOR,
  begun: BEGUN,
  objects: new Map(OBJECTS.map((each) => [each.id, each])),
};

/** A model whose writes of the head become what `fate` says, and which notes how many deletions it saw at once. */
function open(options: BlobModelOptions = {}) {
  const model = openBlobModel(options);
  const world = { model, now: NOW, isDeleting: true, deletions: 0, mostDeletions: 0 };
  const blobs: BlobStore = {
    ...model,
    delete: async (key) => {
      world.deletions += 1;
      world.mostDeletions = Math.max(world.mostDeletions, world.deletions);
      await new Promise(setImmediate);
      world.deletions -= 1;
      if (!world.isDeleting) throw new Error('the model deletes nothing');
      await model.delete(key);
    },
  };
  return { world, ledger: blobsLedger(blobs, () => world.now) };
}

/** The names of all parts, and of those that the head names. */
function partsOf({ blobs }: BlobModel) {
  const textOf = (key: string): string => blobs.get(key)?.text ?? '{}';
  const { index }: { index: string } = JSON.parse(textOf('ledger/head'));
  const { buckets }: { buckets: Record<string, { part: string }> } = JSON.parse(textOf(`ledger/parts/${index}`));
  const named = [index, ...Object.values(buckets).map(({ part }) => part)];
  const all = [...blobs.keys()].flatMap((key) => (key.startsWith('ledger/parts/') ? [key.slice(13)] : []));
  return { all: all.toSorted(), named: named.toSorted() };
}

const edited = (revision: number) => OBJECTS.map((object) => ({ ...object, revision }));

test('swaps of 300 objects that were refused leave parts, and a day later only what is named is left', async () => {
  let headFate: WriteFate = 'made';
  const { world, ledger } = open({ fate: (key) => (key === 'ledger/head' ? headFate : 'made') });
  await ledger.begin(BASELINE);
  headFate = 'refused';
  for (let n = 1; n <= 5; n += 1) await expect(ledger.compareAndSwap(1, { objects: edited(n) })).rejects.toThrow();
  headFate = 'made';
  const { all, named } = partsOf(world.model);
  expect(all.length).toBeGreaterThan(5 * named.length);
  // They may belong to a swap that is under way.
  expect(await ledger.collect(NOW)).toBe(0);
  world.now += DAY + 1;
  expect(await ledger.compareAndSwap(1, { objects: edited(6).slice(0, 10) })).toBe(2);
  expect(await ledger.collect(world.now - DAY)).toBe(all.length - named.length);
  const left = partsOf(world.model);
  expect(left.all).toEqual(left.named);
  const objects = [...edited(6).slice(0, 10), ...OBJECTS.slice(10)];
  expect([...((await ledger.read())?.ledger.objects.values() ?? [])]).toEqual(objects);
  expect(await ledger.collect(world.now)).toBe(0);
});

test('before there is a ledger nothing is dropped: what a refused baseline left goes when there is one', async () => {
  let headFate: WriteFate = 'refused';
  const { world, ledger } = open({ fate: (key) => (key === 'ledger/head' ? headFate : 'made') });
  await expect(ledger.begin(BASELINE)).rejects.toThrow();
  world.now += 2 * DAY;
  expect(await ledger.collect(world.now)).toBe(0);
  headFate = 'made';
  expect(await ledger.begin(BASELINE)).toBe(true);
  expect(await ledger.collect(world.now - DAY)).toBeGreaterThan(100);
  const { all, named } = partsOf(world.model);
  expect(all).toEqual(named);
});

test('a swap is made, or lost to another, whether or not what it replaced can be deleted; few deletions at once', async () => {
  const { world, ledger } = open();
  world.isDeleting = false;
  await ledger.begin(BASELINE);
  const swapped = await Promise.all([1, 2].map((revision) => ledger.compareAndSwap(1, { objects: edited(revision) })));
  expect(swapped.toSorted()).toEqual([2, undefined]);
  expect(world.mostDeletions).toBeGreaterThan(10);
  expect(world.mostDeletions).toBeLessThanOrEqual(2 * 32);
  expect((await ledger.read())?.version).toBe(2);
  world.isDeleting = true;
  world.now += DAY + 1;
  expect(await ledger.collect(world.now - DAY)).toBeGreaterThan(100);
  const { all, named } = partsOf(world.model);
  expect(all).toEqual(named);
});

test('who reads while it is swapped and collected reads the ledger of one moment, and no swap is lost', async () => {
  const fates = fc.array(fc.constantFrom<WriteFate>('made', 'made', 'retried', 'lost', 'refused'), { maxLength: 12 });
  const few = OBJECTS.slice(0, 3);
  const all = (revision: number) => few.map((object) => ({ ...object, revision }));
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fates, fates, fc.nat(20), async (scheduler, early, late, delay) => {
      let isScheduled = false;
      const waiting = [...early];
      const model = openBlobModel({
        step: async (what) => void (isScheduled && (await scheduler.schedule(Promise.resolve(), what))),
        fate: () => waiting.shift() ?? 'made',
      });
      let now = NOW;
      const process = () => blobsLedger({ ...model }, () => now);
      const swap = async () => {
        const ledger = process();
        const version = (await ledger.head())?.version ?? 0;
        const swapped = await ledger.compareAndSwap(version, { objects: all(version) }).catch(() => undefined);
        return swapped ?? 0;
      };
      const read = async () => {
        const found = await process().read();
        const revisions = new Set([...(found?.ledger.objects.values() ?? [])].map(({ revision }) => revision));
        expect([found?.ledger.objects.size, revisions.size]).toEqual([3, 1]);
        expect([...revisions]).toEqual([(found?.version ?? 0) - 1]);
        return found?.version ?? 0;
      };
      const begun = () => process().begin({ ...BASELINE, objects: new Map(all(0).map((each) => [each.id, each])) });
      while (!model.blobs.has('ledger/head')) await begun().catch(() => {});
      for (let n = 0; n < 3; n += 1) await swap();
      now += 2 * DAY;
      waiting.push(...late);
      isScheduled = true;
      const collect = async (later = 0) => {
        for (let n = 0; n < later; n += 1) await scheduler.schedule(Promise.resolve(), 'later');
        return process().collect(now - DAY);
      };
      const swaps = Promise.all([swap(), swap()]);
      await scheduler.waitFor(Promise.all([swaps, read(), collect(), read(), collect(delay)]));
      isScheduled = false;
      expect(await read()).toBeGreaterThanOrEqual(Math.max(...(await swaps)));
      now += 2 * DAY;
      await collect();
      const parts = partsOf(model);
      expect(parts.all).toEqual(parts.named);
    }),
    { numRuns: 200 },
  );
});

import { beforeEach, expect, test } from 'vitest';
import type { Interaction } from '../../../federation/interaction.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { bucketOf } from '../../../server/store/blobs-references.ts';
import type { InteractionStore } from '../../../server/store/interaction-store.ts';
import { type BlobModel, openBlobModel, type WriteFate } from './blob-model.ts';
import { placeOf } from './known-buckets.ts';
import { answer, author, by, interaction, OWN_ACTOR, POST } from './samples.ts';

/*
 * A mention that moves into the thread of its parent goes from one document to another. Another process comes between two of
 * the steps, and does all that it does there.
 */

const [ALICE, CAROL, DAVE] = [author('alice'), author('carol'), author('dave')];
const A = by(ALICE, 'a');
const C = answer('c', 'a', { actor: CAROL.actor, kind: 'mention', target: OWN_ACTOR });
const D = answer('d', 'c', { actor: DAVE.actor, kind: 'mention', target: OWN_ACTOR });

/** What comes before the writes of documents of threads, in their order; then nothing more does. */
let between: ((key: string) => Promise<unknown> | undefined)[];
let fates: ((key: string) => WriteFate | undefined)[];
let model: BlobModel;
let one: InteractionStore;
let other: InteractionStore;

beforeEach(() => {
  between = [];
  fates = [];
  const step = async (what: string): Promise<void> => {
    const [verb, key = ''] = what.split(' ');
    if (verb !== 'set') return;
    const [next] = between;
    const doing = next?.(key);
    if (!doing) return;
    between.shift();
    // What the other process does goes through without a stop.
    const later = between.splice(0);
    await doing;
    between.push(...later);
  };
  const fate = (key: string): WriteFate => {
    const found = fates[0]?.(key);
    if (found) fates.shift();
    return found ?? 'made';
  };
  model = openBlobModel({ step, fate });
  [one, other] = [open(), open()];
});

function open(): InteractionStore {
  return openBlobsStore(model, { random: () => 0, sleep: async () => {} }).interactions;
}

/** Documents as the store names them: that of the thread, and those of mentions. */
const isMain = (key: string): boolean => /^threads\/.*\/main$/.test(key);
const isSide = (key: string): boolean => /^threads\/.*\/[0-9a-f]$/.test(key);
const isPlacesOf =
  ({ id }: Interaction) =>
  (key: string) =>
    key === `places/${placeOf(256, bucketOf(id)).toString(16).padStart(2, '0')}`;

const before = (isIt: (key: string) => boolean, work: () => Promise<unknown>) => (key: string) =>
  isIt(key) ? work() : undefined;

async function at(target: string): Promise<string[]> {
  return (await one.thread(target)).items.map(({ id }) => id).sort();
}

async function known(): Promise<Pick<Interaction, 'id' | 'kind' | 'state'>[]> {
  const { items } = await one.list({ limit: 99 });
  expect(between).toEqual([]);
  return items.map(({ id, kind, state }) => ({ id, kind, state })).sort((x, y) => (x.id < y.id ? -1 : 1));
}

const ids = (...all: readonly Interaction[]): string[] => all.map(({ id }) => id);
const takeBackC = () => other.remove({ actor: CAROL.actor, id: C.id });

test('a mention that is taken back before its move is announced does not come back with it', async () => {
  await one.put(C, CAROL);
  between = [before(isPlacesOf(C), takeBackC)];
  await one.put(A, ALICE);
  expect(await known()).toEqual([{ id: A.id, kind: 'reply', state: 'shown' }]);
  expect(await one.get(C.id)).toBeUndefined();
});

test('a mention that is taken back once its move is announced does not arrive', async () => {
  await one.put(C, CAROL);
  between = [before(isMain, takeBackC)];
  await one.put(A, ALICE);
  expect(await known()).toEqual([{ id: A.id, kind: 'reply', state: 'shown' }]);
  expect(await one.find(CAROL.actor, C.id)).toBeUndefined();
});

test('a mention that is taken back between its arrival and its departure is in neither place', async () => {
  await one.put(C, CAROL);
  between = [before(isSide, takeBackC)];
  await one.put(A, ALICE);
  expect(await known()).toEqual([{ id: A.id, kind: 'reply', state: 'shown' }]);
});

test('a mention that the owner hides while it moves is hidden where it arrives', async () => {
  await one.put(C, CAROL);
  const seen: unknown[] = [];
  between = [
    before(isMain, () => other.setState(C.id, 'hidden')),
    before(isSide, async () => seen.push((await other.get(C.id))?.state)),
  ];
  await one.put(A, ALICE);
  expect(await known()).toMatchObject([{ id: A.id }, { id: C.id, kind: 'reply', state: 'hidden' }]);
  expect(seen).toEqual(['hidden']);
  expect(await at(POST)).toEqual(ids(A));
});

test('a mention whose parent is taken back while it moves stays where it was, and only there', async () => {
  between = [
    before(isSide, () => other.put(A, ALICE)),
    before(isSide, async () => {
      await other.remove({ actor: ALICE.actor, id: A.id });
      await other.put({ ...C, id: interaction('else').id, inReplyTo: interaction('x').id }, CAROL);
    }),
  ];
  await one.put(C, CAROL);
  expect((await known()).filter(({ id }) => id === C.id)).toEqual([{ id: C.id, kind: 'mention', state: 'shown' }]);
  expect(await at(POST)).toEqual([]);
  expect(await at(OWN_ACTOR)).toContain(C.id);
});

test('a mention whose parent comes and is removed meanwhile is held in its thread', async () => {
  between = [
    before(isSide, async () => {
      await other.put(A, ALICE);
      await other.setState(A.id, 'removed');
    }),
  ];
  await one.put(C, CAROL);
  expect(await known()).toEqual([
    { id: A.id, kind: 'reply', state: 'removed' },
    { id: C.id, kind: 'reply', state: 'held' },
  ]);
});

test('what answers a mention moves with it, though the owner hides both on the way', async () => {
  await one.put(C, CAROL);
  await one.put(D, DAVE);
  between = [before(isSide, async () => undefined), before(isSide, () => other.setState(C.id, 'hidden'))];
  await one.put(A, ALICE);
  expect(await known()).toMatchObject([
    { id: A.id },
    { id: C.id, kind: 'reply', state: 'hidden' },
    { id: D.id, kind: 'reply', state: 'hidden' },
  ]);
  await one.setState(C.id, 'shown');
  expect(await at(POST)).toEqual(ids(A, C, D));
});

test('a move that was cut short below what has moved is completed when it is asked for again', async () => {
  await one.put(C, CAROL);
  await one.put(D, DAVE);
  fates = [(key) => (isSide(key) ? 'made' : undefined), (key) => (isSide(key) ? 'refused' : undefined)];
  await expect(one.put(A, ALICE)).rejects.toThrow('refused');
  expect(await open().put(A, ALICE)).toBe('updated');
  expect(await at(POST)).toEqual(ids(A, C, D));
  expect(await at(OWN_ACTOR)).toEqual([]);
});

test('a mention that was announced, and not there yet when its parent came, moves', async () => {
  between = [before(isSide, () => other.put(A, ALICE))];
  await one.put(C, CAROL);
  expect(await at(POST)).toEqual(ids(A, C));
});

test('an answer that comes while its parent is announced moves', async () => {
  between = [before(isPlacesOf(A), () => other.put(C, CAROL))];
  await one.put(A, ALICE);
  expect(await at(POST)).toEqual(ids(A, C));
  expect(await at(OWN_ACTOR)).toEqual([]);
});

test('an answer that was announced when its parent looked, and there before its parent was, moves', async () => {
  let release = (): void => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  let parent: Promise<unknown> = Promise.resolve();
  between = [
    before(isSide, async () => {
      await Promise.resolve();
      between = [before(isPlacesOf(A), () => isReleased)];
      parent = one.put(A, ALICE);
      for (let turn = 0; between.length > 0 && turn < 10_000; turn += 1) await new Promise(setImmediate);
    }),
  ];
  await other.put(C, CAROL);
  release();
  await parent;
  expect(await at(POST)).toEqual(ids(A, C));
  expect(await at(OWN_ACTOR)).toEqual([]);
});

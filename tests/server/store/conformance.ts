import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_CACHED_ACTORS, type Store } from '../../../server/store/store.ts';
import { answerConformance } from './conformance-answers.ts';
import { deliveryConformance } from './conformance-deliveries.ts';
import { followerConformance } from './conformance-followers.ts';
import { hostConformance } from './conformance-hosts.ts';
import { inboxConformance } from './conformance-inboxes.ts';
import { interactionLookConformance } from './conformance-interaction-looks.ts';
import { interactionConformance } from './conformance-interactions.ts';
import { leaseConformance } from './conformance-leases.ts';
import { ledgerConformance } from './conformance-ledger.ts';
import { mediaConformance } from './conformance-media.ts';
import { messageConformance } from './conformance-messages.ts';
import { orderConformance } from './conformance-order.ts';
import { readingBoundConformance, readingConformance } from './conformance-reading.ts';
import { receiptConformance } from './conformance-receipts.ts';
import { supersedingConformance } from './conformance-superseding.ts';
import { threadConformance } from './conformance-threads.ts';
import { type Remains, togetherConformance } from './conformance-together.ts';
import { versionConformance } from './conformance-versions.ts';
import { AWKWARD, activity, author, collect, interaction } from './samples.ts';

/** One store under test, and a second opening of the same data where the adapter has such a thing. */
export interface Opened {
  readonly store: Store;
  readonly other: Store;
  dispose(): Promise<void>;
}

/** Where adapters promise different things. */
export interface Promises {
  /** Which entry of a bounded kind makes room for another: the oldest of all, or of those it shares a bucket with. */
  readonly roomFor?: 'oldest of all' | 'oldest of its bucket';
  /** What stays of writes that belong together when one of them fails. */
  readonly remains?: Remains;
  /** Groups that are left out, by name. */
  readonly without?: readonly string[];
}

const GROUPS: Readonly<Record<string, (stores: () => Opened) => void>> = {
  followers: followerConformance,
  ledger: ledgerConformance,
  deliveries: deliveryConformance,
  leases: leaseConformance,
  'order of deliveries': orderConformance,
  superseding: supersedingConformance,
  hosts: hostConformance,
  receipts: receiptConformance,
  inboxes: inboxConformance,
  interactions: interactionConformance,
  threads: threadConformance,
  'looks at interactions': interactionLookConformance,
  'versions of threads': versionConformance,
  'messages, notifications and consent': messageConformance,
  'pictures and sizes': mediaConformance,
  'following and reading': readingConformance,
  'votes and answers': answerConformance,
  activities: activityConformance,
  inbound: inboundConformance,
  'first marks': firstMarkConformance,
  actors: actorConformance,
  workers: workerConformance,
};

/** The suite that every adapter passes. `open` gives an empty store each time. */
export function storeConformance(
  name: string,
  open: () => Promise<Opened>,
  { roomFor = 'oldest of all', remains = 'what came before', without = [] }: Promises = {},
): void {
  describe(`${name} store`, () => {
    let opened: Opened;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.dispose();
    });
    const stores = (): Opened => opened;

    for (const [group, conformance] of Object.entries(GROUPS))
      if (!without.includes(group)) describe(group, () => conformance(stores));
    describe('writes that belong together', () => togetherConformance(stores, remains));
    if (roomFor === 'oldest of all') {
      describe('cache', () => cacheConformance(stores));
      describe('bound of reading', () => readingBoundConformance(stores));
    }
    test('closing twice is no fault', async () => {
      await stores().store.close();
      await stores().store.close();
    });
  });
}

function activityConformance(stores: () => Opened): void {
  test('an activity is given back as it was stored', async () => {
    const { store, other } = stores();
    const json = JSON.parse(
      '{"a":[1,null,true,"é\\u0000\\ud800👩‍👧"],"__proto__":{"x":1},"constructor":"c","n":1e300}',
    );
    const sent = { ...activity('a'), json };
    expect(await store.activities.put(sent, { now: 0 })).toEqual(sent);
    const stored = await other.activities.get(sent.id);
    expect(JSON.stringify(stored)).toBe(JSON.stringify(sent));
  });

  test('an activity once stored is never replaced, and put says what is stored', async () => {
    const { store, other } = stores();
    const first = await store.activities.put(activity('a'), { now: 0 });
    expect(
      await other.activities.put({ ...activity('a'), type: 'Update', json: { changed: true } }, { now: 0 }),
    ).toEqual(first);
    expect(await store.activities.get(first.id)).toEqual(first);
  });

  test('what is given back is the caller’s own', async () => {
    const { store } = stores();
    const sent = activity('a');
    const given = await store.activities.put(sent, { now: 0 });
    given.json.type = 'Mallory';
    sent.json.type = 'Mallory';
    expect((await store.activities.get(sent.id))?.json.type).toBe('Create');
  });

  test('awkward ids are ids like any other', async () => {
    const { store } = stores();
    expect(await store.activities.get('__proto__')).toBeUndefined();
    for (const id of AWKWARD) await store.activities.put({ ...activity('a', id), id, json: { id } }, { now: 0 });
    for (const id of AWKWARD) {
      expect(await store.activities.get(id)).toEqual({ ...activity('a', id), id, json: { id } });
    }
  });
}

function inboundConformance(stores: () => Opened): void {
  test('an activity is seen from the moment it is marked, until it is forgotten', async () => {
    const { inbound } = stores().store;
    for (const id of AWKWARD) expect(await inbound.seen(id)).toBe(false);
    for (const [index, id] of AWKWARD.entries()) await inbound.markSeen(id, index);
    for (const id of AWKWARD) expect(await stores().other.inbound.seen(id)).toBe(true);
    expect(await inbound.forgetSeen(3)).toBe(3);
    expect(await inbound.seen('__proto__')).toBe(false);
    expect(await inbound.seen('https://blog.example/A')).toBe(true);
  });

  test('marked again, it is remembered from the later time on', async () => {
    const { inbound } = stores().store;
    await inbound.markSeen('a', 10);
    await inbound.markSeen('a', 20);
    await inbound.markSeen('a', 5);
    expect(await inbound.forgetSeen(20)).toBe(0);
    expect(await inbound.forgetSeen(21)).toBe(1);
  });
}

function firstMarkConformance(stores: () => Opened): void {
  test('of many that mark one id at once, by two openings, one alone is the first; later nobody is', async () => {
    const { store, other } = stores();
    for (const id of AWKWARD) {
      const marks = Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).inbound.markFirst(id, n));
      expect((await Promise.all(marks)).filter(Boolean)).toHaveLength(1);
      expect(await Promise.all([store, other].map(({ inbound }) => inbound.markFirst(id, 99)))).toEqual([false, false]);
      expect(await other.inbound.seen(id)).toBe(true);
    }
    await store.inbound.markSeen('seen', 1);
    expect(await other.inbound.markFirst('seen', 2)).toBe(false);
    expect(await store.inbound.forgetSeen(2)).toBeGreaterThan(0);
    expect(await other.inbound.markFirst('seen', 2)).toBe(true);
  });
}

function actorConformance(stores: () => Opened): void {
  test('a document is kept, replaced and removed by URL', async () => {
    const { actors } = stores().store;
    for (const url of AWKWARD) {
      expect(await actors.get(url)).toBeUndefined();
      await actors.put({ url, fetchedAt: 1, status: 404 });
      await actors.put({ url, fetchedAt: 2, status: 200, document: { id: url } });
    }
    for (const url of AWKWARD) {
      expect(await stores().other.actors.get(url)).toEqual({ url, fetchedAt: 2, status: 200, document: { id: url } });
      await actors.remove(url);
      expect(await actors.get(url)).toBeUndefined();
    }
  });

  test('a failed fetch is kept without a document', async () => {
    const { actors } = stores().store;
    await actors.put({ url: 'a', fetchedAt: 1, status: 200, document: {} });
    await actors.put({ url: 'a', fetchedAt: 2, status: 410 });
    expect(await actors.get('a')).toEqual({ url: 'a', fetchedAt: 2, status: 410 });
  });

  test('documents from before a time are dropped, but for those of authors of what is kept', async () => {
    const { store } = stores();
    const said = interaction('a');
    await store.interactions.put(said, author('r'));
    for (const url of ['old', said.actor]) await store.actors.put({ url, fetchedAt: 1, status: 200, document: {} });
    await store.actors.put({ url: 'young', fetchedAt: 2, status: 410 });
    expect(await store.actors.prune(2)).toBe(1);
    expect((await collect(store.actors.all())).map(({ url }) => url).toSorted()).toEqual(
      [said.actor, 'young'].toSorted(),
    );
  });

  test('everything that is kept can be walked over, while others write', async () => {
    const { store, other } = stores();
    expect(await collect(store.actors.all())).toEqual([]);
    const urls = [...AWKWARD, ...Array.from({ length: 150 }, (_, n) => `u${n}`)];
    for (const url of urls) await store.actors.put({ url, fetchedAt: 1, status: 200, document: { id: url } });
    const walked: string[] = [];
    for await (const { url, document } of other.actors.all()) {
      walked.push(url);
      expect(document).toEqual({ id: url });
      await store.actors.remove(url);
    }
    expect(walked.toSorted()).toEqual(urls.toSorted());
  });
}

function cacheConformance(stores: () => Opened): void {
  test('the cache is bounded, and what was fetched longest ago goes first', async () => {
    const { actors } = stores().store;
    for (let n = 0; n < MAX_CACHED_ACTORS; n += 1) await actors.put({ url: `u${n}`, fetchedAt: n, status: 404 });
    await actors.put({ url: 'u0', fetchedAt: MAX_CACHED_ACTORS, status: 404 });
    expect(await actors.get('u1')).toBeDefined();
    await actors.put({ url: 'one more', fetchedAt: MAX_CACHED_ACTORS, status: 404 });
    expect(await actors.get('u1')).toBeUndefined();
    for (const url of ['u0', 'u2', 'one more']) expect(await actors.get(url)).toBeDefined();
  });
}

function workerConformance(stores: () => Opened): void {
  test('a worker is alive until its time runs out or it leaves', async () => {
    const { store, other } = stores();
    await store.workers.beat('b', 100);
    await store.workers.beat('a', 50);
    expect(await other.workers.alive(49)).toEqual(['a', 'b']);
    expect(await other.workers.alive(50)).toEqual(['b']);
    await store.workers.beat('a', 200);
    await store.workers.leave('b');
    await store.workers.leave('nobody');
    expect(await other.workers.alive(50)).toEqual(['a']);
  });
}

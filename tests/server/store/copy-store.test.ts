import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobsDelivering } from '../../../server/store/blobs-delivering.ts';
import { openPortableBlobsStore } from '../../../server/store/blobs-transfer.ts';
import { copyStore } from '../../../server/store/copy-store.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import type { Store } from '../../../server/store/store.ts';
import type { PortableStore } from '../../../server/store/transfer-store.ts';
import { type BlobModel, openBlobModel } from './blob-model.ts';
import { accountCommand, seeAccount } from './model-account.ts';
import { type Command, deliveryCommand, seeAll, storePosts } from './model-deliveries.ts';
import { interactionCommand, seeWhatWasSaid } from './model-interactions.ts';
import { activity, BEGUN, collect, enqueued, follower, interaction, ledgerObject, ORIGIN, putAll } from './samples.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-copy-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 2, username: 'blog', keyDigest: 'k' };
const NAMES = ['a', 'b', 'c', '__proto__'];

function openSqlite(): PortableStore {
  return openSqliteStore(join(folder, `${++files}.db`));
}

function openBlobs(model: BlobModel = openBlobModel()): PortableStore {
  let now = Date.UTC(2026, 5, 1);
  return openPortableBlobsStore(model, { clock: () => ++now, delivering: blobsDelivering });
}

const name = fc.constantFrom(...NAMES);
const recordCommand: fc.Arbitrary<Command> = fc.oneof(
  name.map(
    (who): Command =>
      ({ followers }) =>
        followers.put(follower(who)),
  ),
  name.map(
    (who): Command =>
      ({ followers }) =>
        followers.remove(follower(who).actor),
  ),
  fc.tuple(name, fc.nat(9)).map(
    ([id, now]): Command =>
      ({ inbound }) =>
        inbound.markSeen(id, now),
  ),
  fc.tuple(name, fc.nat(9)).map(
    ([url, fetchedAt]): Command =>
      ({ actors }) =>
        actors.put({ url, fetchedAt, status: 200, document: { id: url } }),
  ),
  fc.constant<Command>(({ deliveries }) => deliveries.fold(20)),
);

const anything = fc.oneof(deliveryCommand, interactionCommand, accountCommand, recordCommand);

/** A ledger with everything that an entry may say. */
const begin: Command = ({ ledger }) =>
  ledger.begin({
    origin: ORIGIN,
    actor: ACTOR,
    begun: BEGUN,
    source: { commit: 'c', committedAt: BEGUN },
    approved: { content: 'd', at: BEGUN, confirmed: ['many-creates'] },
    objects: new Map(
      [
        ledgerObject('o', { state: 'deleted', deleted: BEGUN }),
        ledgerObject('p', { sending: activity('other', 'p').id, revision: 3, formerUrls: ['x', 'y'] }),
        ledgerObject('a', { type: 'Question', pollDigest: 'q', inboxes: ['https://a.example/1'] }),
        ledgerObject('b', { type: 'Like', object: 'https://x.example/1', state: 'deleted' }),
      ].map((object) => [object.id, object]),
    ),
  });

/** All that can be seen of a store, but for what only this adapter knows. */
async function seeStore(store: Store): Promise<unknown> {
  const { versions: _, sizes: __, ...said } = Object(await seeWhatWasSaid(store));
  const [activities, receipts, troubled, , inboxes] = [Object(await seeAll(store))].flat();
  const told = await store.ledger.read();
  return {
    said,
    queue: [activities, receipts, troubled, inboxes],
    due: await store.deliveries.nextDue(),
    account: await seeAccount(store),
    ledger: told && { ...told.ledger, objects: [...told.ledger.objects] },
    followers: await collect(store.followers.all()),
    seen: await Promise.all([...NAMES, 'never'].map((id) => store.inbound.seen(id))),
    actors: await Promise.all(NAMES.map((url) => store.actors.get(url))),
    secret: await store.notifications.secret(() => 'none'),
  };
}

test('whatever a store holds: from memory to SQLite to Blobs to SQLite, it gives the same answers', async () => {
  const sequences = fc.array(anything, { minLength: 20, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const stores = [openMemoryStore(), openSqlite(), openBlobs(), openBlobs(), openSqlite()] as const;
      const [memory] = stores;
      await storePosts(memory);
      for (const each of sequence) await each(memory).catch(() => {});
      for (const owner of ['me', 'you']) await memory.deliveries.release(owner);
      await begin(memory);
      for (const [place, next] of stores.slice(1).entries()) await copyStore(stores[place] ?? memory, next);
      const seen = await seeStore(memory);
      for (const store of stores) expect(await seeStore(store)).toEqual(seen);
      for (const store of stores) await store.close();
    }),
    { numRuns: 15 },
  );
}, 120_000);

/** One at a target that is looked at. */
const said: typeof interaction = (each, more) => interaction(each, { target: 'post', ...more });

/** Some of everything, in memory. */
async function filled(): Promise<PortableStore> {
  const store = openMemoryStore();
  for (const who of ['zoe', 'adam', 'mia']) await store.followers.put(follower(who));
  await enqueued(store, activity('a'), ['https://zoe.example/inbox', 'https://adam.example/inbox']);
  const [leased] = await store.deliveries.lease({ owner: 'me', now: 5, leaseMs: 10, limit: 1 });
  const { activityId = '', inbox = '' } = leased ?? {};
  await store.deliveries.settle({ activityId, inbox, owner: 'me' }, { state: 'delivered', status: 202 }, 6);
  await putAll(store, [said('one'), said('two', { state: 'held', reason: 'first' })]);
  await store.interactions.setState(interaction('one').id, 'hidden');
  await store.interactions.setState(interaction('two').id, 'shown');
  await begin(store);
  return store;
}

describe.each([
  ['memory', openMemoryStore],
  ['SQLite', openSqlite],
  ['Blobs', openBlobs],
] as const)('into %s', (_, open) => {
  test('what was delivered is not delivered again, and what waits goes out once', async () => {
    const to = open();
    await copyStore(await filled(), to);
    const leased = await to.deliveries.lease({ owner: 'other', now: 100, leaseMs: 10, limit: 10 });
    expect(leased.map(({ inbox }) => inbox)).toEqual(['https://zoe.example/inbox']);
    // As the publish that finishes an interrupted one asks.
    expect(await to.deliveries.enqueue(activity('a').id, ['https://adam.example/inbox'], { now: 101 })).toBe(0);
    expect((await to.deliveries.counts()).delivered).toBe(1);
    await to.close();
  });

  test('what the owner approved stays approved, what they hid stays hidden', async () => {
    const to = open();
    await copyStore(await filled(), to);
    await putAll(to, [said('two', { state: 'held' }), said('one')]);
    expect((await to.interactions.get(interaction('two').id))?.state).toBe('shown');
    expect((await to.interactions.get(interaction('one').id))?.state).toBe('hidden');
    await to.close();
  });

  test('a store that has a ledger is left as it is', async () => {
    const to = open();
    await to.followers.put(follower('here'));
    await begin(to);
    await expect(copyStore(await filled(), to)).rejects.toMatchObject({ code: 'ledger-exists' });
    expect((await collect(to.followers.all())).map(({ actor }) => actor)).toEqual([follower('here').actor]);
    await to.close();
  });

  test('cut short anywhere it leaves no ledger, and the next copy completes it', async () => {
    const from = await filled();
    const kinds = [...(await copyStore(from, openMemoryStore())).counts.keys()];
    const seen = await seeStore(from);
    for (const cut of ['followers', 'deliveries', 'replies and reactions']) {
      expect(kinds).toContain(cut);
      const to = open();
      const copying = copyStore(from, to, {
        onProgress: ({ kind }) => {
          if (kind === cut) throw new Error('cut');
        },
      });
      await expect(copying).rejects.toThrow('cut');
      expect(await to.ledger.head()).toBeUndefined();
      // Who came meanwhile and left again, and who is there no more.
      await to.followers.put(follower('gone'));
      await copyStore(from, to);
      expect(await seeStore(to)).toEqual(seen);
      await to.close();
    }
  });
});

test('a store that was never begun is not copied', async () => {
  await expect(copyStore(openMemoryStore(), openMemoryStore())).rejects.toMatchObject({ code: 'nothing-to-copy' });
});

test('a thousand followers and replies go into Blobs in few hundred requests', async () => {
  const from = openMemoryStore();
  for (let n = 0; n < 1_000; n += 1) {
    await from.followers.put(follower(`f${n}`));
    await putAll(from, [interaction(`r${n}`)]);
  }
  await begin(from);
  let requests = 0;
  const model = openBlobModel({
    step: async () => {
      requests += 0.5;
    },
  });
  await copyStore(from, openBlobs(model));
  expect(requests).toBeLessThan(2_000);
});

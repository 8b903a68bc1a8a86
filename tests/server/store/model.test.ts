import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import type { Store } from '../../../server/store/store.ts';
import { type Command, deliveryCommand, seeAll, storePosts } from './model-deliveries.ts';
import { interactionCommand, seeWhatWasSaid } from './model-interactions.ts';
import { BEGUN, collect, follower, ledgerObject, ORIGIN } from './samples.ts';

const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };

const name = fc.constantFrom('a', 'b', 'c', '__proto__');
const owner = fc.constantFrom('me', 'you');
const time = fc.integer({ min: 0, max: 40 });
const limit = fc.integer({ min: 0, max: 6 });
const recordCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(name, fc.boolean()).map(
    ([who, shared]): Command =>
      (store) =>
        store.followers.put(follower(who, shared ? { sharedInbox: 'https://x.example/inbox' } : { since: 'later' })),
  ),
  name.map(
    (who): Command =>
      (store) =>
        store.followers.remove(follower(who).actor),
  ),
  name.map(
    (who): Command =>
      (store) =>
        store.followers.get(follower(who).actor),
  ),
  fc.tuple(limit, limit).map(
    ([first, second]): Command =>
      async (store) => {
        const page = await store.followers.page({ limit: first });
        return page.cursor === undefined
          ? page
          : [page, await store.followers.page({ limit: second, before: page.cursor })];
      },
  ),
  fc.constant<Command>((store) => collect(store.followers.all())),
  name.map(
    (id): Command =>
      (store) =>
        store.ledger.begin({ origin: ORIGIN, actor: ACTOR, begun: BEGUN, objects: new Map([[id, ledgerObject(id)]]) }),
  ),
  fc.tuple(fc.integer({ min: 0, max: 6 }), name, fc.nat(3)).map(
    ([version, id, revision]): Command =>
      (store) =>
        store.ledger.compareAndSwap(version, {
          actor: { ...ACTOR, revision },
          objects: [ledgerObject(id, { revision })],
        }),
  ),
  fc.constant<Command>((store) => store.ledger.read()),
  fc.constant<Command>((store) => store.ledger.head()),
  fc.constant<Command>((store) => store.ledger.outline()),
  fc.tuple(fc.subarray(['ca', '3e', '2e', '98']), fc.uniqueArray(name)).map(
    ([buckets, ids]): Command =>
      (store) =>
        store.ledger.part({ buckets, ids }),
  ),
  fc.tuple(fc.integer({ min: 0, max: 6 }), name, fc.subarray(['x', 'y', 'z']), fc.constantFrom('x', 'y')).map(
    ([version, id, formerUrls, url]): Command =>
      (store) =>
        store.ledger.compareAndSwap(version, {
          approved: { content: id, at: BEGUN, confirmed: formerUrls },
          objects: [
            ledgerObject(id, {
              url,
              state: url === 'y' ? 'deleted' : 'announced',
              ...(formerUrls.length === 0 ? {} : { formerUrls }),
            }),
          ],
        }),
  ),
  fc.constantFrom('x', 'y', 'z', 'a#page').map(
    (url): Command =>
      (store) =>
        store.ledger.objectAt(url),
  ),
  fc.constantFrom('https://x.example/inbox', follower('a').inbox).map(
    (inbox): Command =>
      (store) =>
        store.followers.atInbox(inbox),
  ),
  fc.tuple(name, time).map(
    ([id, now]): Command =>
      (store) =>
        store.inbound.markSeen(id, now),
  ),
  fc.tuple(name, time).map(
    ([id, before]): Command =>
      async (store) => [await store.inbound.forgetSeen(before), await store.inbound.seen(id)],
  ),
  fc.tuple(owner, time).map(
    ([who, until]): Command =>
      (store) =>
        store.workers.beat(who, until),
  ),
  time.map(
    (now): Command =>
      (store) =>
        store.workers.alive(now),
  ),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-model-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  { what: 'deliveries', command: deliveryCommand, before: [storePosts], after: [seeAll], numRuns: 60 },
  {
    what: 'interactions',
    command: interactionCommand,
    before: [],
    after: [seeWhatWasSaid],
    numRuns: 60,
  },
  { what: 'records', command: recordCommand, before: [], after: [], numRuns: 40 },
])('$what: SQLite gives what memory gives, whatever is done in whatever order', { timeout: 120_000 }, async (model) => {
  let run = 0;
  const commands = fc.array(model.command, { minLength: 5, maxLength: 90 });
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      run += 1;
      const memory = openMemoryStore();
      const sqlite = openSqliteStore(join(folder, `${model.what}-${run}.db`));
      try {
        for (const each of [...model.before, ...sequence, ...model.after])
          expect(await seenOf(each, sqlite)).toEqual(await seenOf(each, memory));
      } finally {
        await sqlite.close();
      }
    }),
    { numRuns: model.numRuns },
  );
});

/** What a command gives, or the code of what it throws. */
async function seenOf(command: Command, store: Store): Promise<unknown> {
  try {
    return await command(store);
  } catch (error) {
    return error instanceof Error && 'code' in error ? { code: error.code } : error;
  }
}

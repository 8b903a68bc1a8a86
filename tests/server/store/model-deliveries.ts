import fc from 'fast-check';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Store } from '../../../server/store/store.ts';
import { activity, BEGUN, collect, ledgerObject, ORIGIN } from './samples.ts';

/** One call on a store, or a few; gives what the caller could see of it. */
export type Command = (store: Store) => Promise<unknown>;

const INBOXES = ['https://a.example/1', 'https://a.example/2', 'https://b.example/1', 'https://c.example/1', 'no host'];
const POSTS = [
  activity('create', 'o'),
  activity('update', 'o', 'Update'),
  activity('again', 'o', 'Update'),
  activity('delete', 'o', 'Delete'),
  activity('other', 'p'),
  activity('gone', 'p', 'Delete'),
  activity('follow', '__proto__', 'Accept'),
];
const NEVER_STORED = activity('never', 'o');

const inbox = fc.constantFrom(...INBOXES);
const host = fc.constantFrom('a.example', 'b.example', '?no host', 'none');
const owner = fc.constantFrom('me', 'you');
const time = fc.integer({ min: 0, max: 40 });
const limit = fc.integer({ min: 0, max: 6 });
const post = fc.constantFrom(...POSTS);
const leaseMs = fc.integer({ min: 1, max: 15 });

const after = fc.oneof(
  fc.constant<AfterAttempt>({ state: 'delivered', status: 202 }),
  fc
    .tuple(time, fc.constantFrom(404, 429, 500, 401))
    .map(([dueAt, status]): AfterAttempt => ({ state: 'pending', dueAt, status, error: `HTTP ${status}` })),
  time.map((dueAt): AfterAttempt => ({ state: 'pending', dueAt, error: 'ECONNRESET' })),
  fc.constant<AfterAttempt>({ state: 'failed', error: 'bad' }),
  fc.constant<AfterAttempt>({ state: 'failed', status: 404, error: 'HTTP 404' }),
  fc.constant<AfterAttempt>({ state: 'gone', status: 410, error: 'gone' }),
);

function command<T>(values: fc.Arbitrary<T>, run: (store: Store, value: T) => Promise<unknown>): fc.Arbitrary<Command> {
  return values.map((value) => (store) => run(store, value));
}

const asking = fc.oneof(
  command(fc.tuple(post, fc.array(inbox, { maxLength: 6 }), time, fc.boolean()), (store, [{ id }, to, now, again]) =>
    store.deliveries.enqueue(id, to, { now, again }),
  ),
  command(fc.array(inbox, { maxLength: 2 }), (store, to) => store.deliveries.enqueue(NEVER_STORED.id, to, { now: 0 })),
);

const attempting = fc.oneof(
  command(fc.tuple(owner, time, leaseMs, limit), (store, [who, now, ms, most]) =>
    store.deliveries.lease({ owner: who, now, leaseMs: ms, limit: most }),
  ),
  command(fc.tuple(owner, time, leaseMs, fc.array(after, { maxLength: 4 })), async (store, [who, now, ms, ends]) => {
    const leased = await store.deliveries.lease({ owner: who, now, leaseMs: ms, limit: 6 });
    const settled: boolean[] = [];
    for (const [index, end] of ends.entries()) {
      const { activityId, inbox: to } = leased[index] ?? { activityId: '', inbox: '' };
      settled.push(await store.deliveries.settle({ activityId, inbox: to, owner: who }, end, now));
    }
    return [leased, settled];
  }),
  command(fc.tuple(post, inbox, owner, after, time), (store, [{ id }, to, who, end, now]) =>
    store.deliveries.settle({ activityId: id, inbox: to, owner: who }, end, now),
  ),
  command(owner, (store, who) => store.deliveries.release(who)),
  command(fc.tuple(owner, post, fc.array(inbox, { maxLength: 3 })), (store, [who, { id }, to]) =>
    store.deliveries.release(
      who,
      to.map((each) => ({ activityId: id, inbox: each })),
    ),
  ),
);

const hosts = fc.oneof(
  command(fc.tuple(inbox, time), (store, [to, now]) => store.deliveries.abandon(to, 'gone', now)),
  command(fc.tuple(fc.option(host), time), (store, [name, now]) =>
    store.deliveries.retry({ ...(name === null ? {} : { host: name }), now }),
  ),
  command(fc.tuple(host, time, fc.nat(10)), (store, [name, probeAt, more]) =>
    store.deliveries.postpone(name, { probeAt, restAt: probeAt + more }),
  ),
  command(fc.tuple(host, time), (store, [name, now]) => store.deliveries.hasten(name, now)),
  command(fc.tuple(host, time, time), (store, [name, createdBefore, now]) =>
    store.deliveries.giveUp(name, { createdBefore, error: 'given up', now }),
  ),
  command(fc.tuple(host, fc.nat(5), fc.option(time)), (store, [name, failures, openUntil]) =>
    store.hosts.put({
      host: name,
      failures,
      failingSince: failures,
      failedDays: 1,
      lastFailureAt: 3,
      ...(openUntil === null ? {} : { openUntil }),
    }),
  ),
  command(host, async (store, name) => [await store.hosts.get(name), await store.hosts.remove(name)]),
  command(fc.array(inbox, { maxLength: 3 }), (store, heard) => store.inboxes.found(heard)),
  command(fc.tuple(inbox, fc.option(time), fc.option(time)), (store, [to, deliveredAt, missingSince]) =>
    store.inboxes.put([
      {
        inbox: to,
        ...(deliveredAt === null ? {} : { deliveredAt }),
        ...(missingSince === null ? {} : { missingSince }),
      },
    ]),
  ),
);

const endings = fc.oneof(
  command(fc.tuple(post, time), (store, [{ id }, now]) => store.deliveries.supersedeAll({ except: id, now })),
  command(time, (store, before) => store.deliveries.fold(before)),
  command(fc.tuple(post, time), (store, [sent, now]) => store.activities.put(sent, { now })),
  command(post, async (store, { id }) => {
    const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };
    await store.ledger.begin({ origin: ORIGIN, actor, begun: BEGUN, objects: new Map() });
    const version = (await store.ledger.head())?.version ?? 0;
    return store.ledger.compareAndSwap(version, { objects: [ledgerObject('o', { sending: id })] });
  }),
);

const looks = fc.oneof(
  command(fc.constant(0), (store) => store.deliveries.nextDue()),
  command(time, (store, now) => store.deliveries.leased(now)),
  command(fc.constant(0), (store) => store.deliveries.counts()),
  command(limit, (store, most) => store.deliveries.troubled({ limit: most })),
  command(post, (store, { id }) => store.deliveries.ofActivity(id)),
  command(post, (store, { object }) => store.deliveries.receipts(object)),
  command(fc.tuple(fc.array(post, { maxLength: 4 }), time), (store, [posts, now]) =>
    store.deliveries.progress(
      posts.map(({ id }) => id),
      now,
    ),
  ),
  command(time, async (store, since) => (await store.inboxes.deliveredSince(since)).toSorted()),
  command(inbox, (store, to) => store.inboxes.get(to)),
  command(fc.constant(0), async (store) =>
    (await collect(store.inboxes.all())).toSorted((a, b) => (a.inbox < b.inbox ? -1 : 1)),
  ),
);

/** Anything that can be done with deliveries. Stored beforehand: see `storePosts`. */
export const deliveryCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: asking },
  { weight: 5, arbitrary: attempting },
  { weight: 4, arbitrary: hosts },
  { weight: 1, arbitrary: endings },
  { weight: 3, arbitrary: looks },
);

export const storePosts: Command = async (store) => {
  for (const each of POSTS) await store.activities.put(each, { now: 0 });
};

/** Everything that can be seen of the queue. */
export const seeAll: Command = async (store) => [
  await Promise.all(POSTS.map(({ id }) => store.deliveries.ofActivity(id))),
  await Promise.all(['o', 'p', '__proto__'].map((object) => store.deliveries.receipts(object))),
  await store.deliveries.troubled({ limit: 100 }),
  await store.deliveries.nextDue(),
  (await collect(store.inboxes.all())).toSorted((a, b) => (a.inbox < b.inbox ? -1 : 1)),
];

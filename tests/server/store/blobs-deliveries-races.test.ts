import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import { blobsActivities } from '../../../server/store/blobs-activities.ts';
import type { DeliveryStore } from '../../../server/store/delivery-store.ts';
import { type BlobModel, openBlobModel, type WriteFate } from './blob-model.ts';
import { openDeliveries } from './blobs-deliveries-store.ts';
import { queueOf } from './known-buckets.ts';
import { activity } from './samples.ts';

/*
 * Several processes over one service, every request of each a step whose turn a scheduler chooses, answers lost on the way.
 * What they do is checked against a record of what was asked for, is held and was ended, which knows nothing of documents.
 */

const CREATE = activity('c', 'o');
const UPDATE = activity('u', 'o', 'Update');
const ACTIVITIES = [CREATE, UPDATE, activity('x', 'p'), activity('f', 'f', 'Accept')];
const INBOXES = ['https://a.example/1', 'https://a.example/2', 'https://b.example/1'];
const USED = ['a.example', 'b.example'].map(queueOf);
const LEASE_MS = 6;
const DONE: AfterAttempt = { state: 'delivered', status: 202 };

interface World {
  readonly model: BlobModel;
  now: number;
  /** Who may be sending, by delivery. */
  readonly held: Map<string, { readonly owner: string; readonly until: number }>;
  readonly sent: Set<string>;
  /** What somebody was told is over. */
  readonly ended: Set<string>;
  readonly asked: Set<string>;
}

type Step =
  | { readonly do: 'enqueue'; readonly activity: number; readonly inboxes: readonly string[] }
  | { readonly do: 'lease'; readonly limit: number }
  | { readonly do: 'settle'; readonly after: 'delivered' | 'failed' | 'pending' }
  | { readonly do: 'release' | 'wait' | 'look' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      activity: fc.nat(ACTIVITIES.length - 1),
      inboxes: fc.subarray(INBOXES, { minLength: 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('lease' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      after: fc.constantFrom('delivered' as const, 'failed' as const, 'pending' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'wait' as const, 'look' as const) }) },
);
const fate: fc.Arbitrary<WriteFate> = fc.constantFrom('made', 'made', 'made', 'made', 'retried', 'lost', 'refused');

/** One process: what it leases it sends at once. Faults of the service it takes as it must: it knows nothing then. */
async function runProcess(world: World, deliveries: DeliveryStore, owner: string, steps: readonly Step[]) {
  const mine = new Map<string, { activityId: string; inbox: string; until: number }>();
  const takeAll = () => {
    const all = [...mine.values()];
    mine.clear();
    return all;
  };
  for (const each of steps) {
    if (each.do === 'enqueue') await enqueue(world, deliveries, each);
    if (each.do === 'wait') world.now += 6;
    if (each.do === 'look') await deliveries.counts();
    if (each.do === 'lease') {
      const given = await unlessLost(deliveries.lease({ owner, now: world.now, leaseMs: LEASE_MS, limit: each.limit }));
      for (const { activityId, inbox, leasedUntil } of given ?? []) {
        // The answer came so late that the lease is over.
        if (leasedUntil <= world.now) continue;
        send(world, owner, activityId, inbox, leasedUntil);
        mine.set(`${activityId} ${inbox}`, { activityId, inbox, until: leasedUntil });
      }
    }
    if (each.do === 'settle') await settleAll(world, deliveries, owner, takeAll(), each.after);
    if (each.do === 'release') {
      for (const { activityId, inbox } of takeAll()) letGo(world, owner, activityId, inbox);
      await unlessLost(deliveries.release(owner));
    }
  }
}

async function unlessLost<Result>(answer: Promise<Result>): Promise<Result | undefined> {
  return answer.catch((fault: unknown) => {
    if (fault instanceof Error && fault.message.startsWith('the model')) return undefined;
    throw fault;
  });
}

/** Asked for again until it is known to be stored, as a publish does. */
async function enqueue(
  world: World,
  deliveries: DeliveryStore,
  asked: { activity: number; inboxes: readonly string[] },
) {
  const { id } = ACTIVITIES[asked.activity] ?? CREATE;
  for (;;) {
    const made = await unlessLost(deliveries.enqueue(id, asked.inboxes, { now: world.now }));
    if (made === undefined) continue;
    for (const inbox of asked.inboxes) world.asked.add(`${id} ${inbox}`);
    return;
  }
}

function send({ held, sent, ended, now }: World, owner: string, activityId: string, inbox: string, until: number) {
  const key = `${activityId} ${inbox}`;
  expect(ended.has(key), `${key} is sent after it was settled`).toBe(false);
  expect(held.get(key)?.until ?? now, `${key} is held by two`).toBeLessThanOrEqual(now);
  if (activityId === UPDATE.id) {
    expect(held.get(`${CREATE.id} ${inbox}`)?.until ?? now, 'an Update beside its Create').toBeLessThanOrEqual(now);
  }
  held.set(key, { owner, until });
  sent.add(key);
}

function letGo({ held }: World, owner: string, activityId: string, inbox: string) {
  const key = `${activityId} ${inbox}`;
  if (held.get(key)?.owner === owner) held.delete(key);
}

async function settleAll(
  world: World,
  deliveries: DeliveryStore,
  owner: string,
  mine: readonly { activityId: string; inbox: string; until: number }[],
  state: 'delivered' | 'failed' | 'pending',
) {
  const after: AfterAttempt =
    state === 'delivered' ? DONE : state === 'failed' ? { state, error: 'bad' } : { state, dueAt: world.now + 3 };
  await Promise.all(
    mine.map(async ({ activityId, inbox, until }) => {
      const lastsYet = until > world.now;
      const holder = world.held.get(`${activityId} ${inbox}`);
      letGo(world, owner, activityId, inbox);
      const isOurs = await unlessLost(deliveries.settle({ activityId, inbox, owner }, after, world.now));
      if (
        holder &&
        holder.owner !== owner &&
        holder.until > world.now &&
        holder === world.held.get(`${activityId} ${inbox}`)
      )
        expect(isOurs ?? false, 'another holds it').toBe(false);
      if (isOurs && state !== 'pending') world.ended.add(`${activityId} ${inbox}`);
      if (lastsYet && until > world.now && isOurs !== undefined) expect(isOurs, 'somebody else ended it').toBe(true);
    }),
  );
}

/** The service is well again, and one process delivers what is left. */
async function drain(world: World) {
  const { deliveries } = openDeliveries(world.model);
  for (let round = 0; (await deliveries.counts()).pending > 0; round += 1) {
    expect(round, 'something is stuck').toBeLessThan(50);
    world.now = Math.max(world.now, (await deliveries.nextDue()) ?? 0);
    const options = { owner: 'last', now: world.now, leaseMs: LEASE_MS, limit: 100 };
    const leased = await deliveries.lease(options);
    for (const each of leased) send(world, 'last', each.activityId, each.inbox, each.leasedUntil);
    await settleAll(
      world,
      deliveries,
      'last',
      leased.map((each) => ({ ...each, until: each.leasedUntil })),
      'delivered',
    );
  }
  for (const { id } of ACTIVITIES) {
    for (const { inbox, state } of await deliveries.ofActivity(id)) {
      world.asked.delete(`${id} ${inbox}`);
      if (state === 'delivered') expect(world.sent.has(`${id} ${inbox}`), 'delivered and never sent').toBe(true);
    }
  }
  expect([...world.asked], 'lost').toEqual([]);
}

test('whatever the order of requests and whichever answers are lost: none is held by two, lost, or sent again', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(step, { minLength: 2, maxLength: 8 }), { minLength: 2, maxLength: 4 }),
      fc.infiniteStream(fate),
      async (scheduler, programs, fates) => {
        let isWell = false;
        const model = openBlobModel({
          step: async (what) => {
            if (!isWell && USED.some((name) => what.endsWith(`queue/${name}`)))
              await scheduler.schedule(Promise.resolve());
          },
          fate: () => (isWell ? 'made' : fates.next().value),
        });
        const world: World = { model, now: 0, held: new Map(), sent: new Set(), ended: new Set(), asked: new Set() };
        isWell = true;
        for (const each of ACTIVITIES) await blobsActivities(model).put(each, { now: 0 });
        await openDeliveries(model).deliveries.enqueue(CREATE.id, INBOXES, { now: 0 });
        for (const inbox of INBOXES) world.asked.add(`${CREATE.id} ${inbox}`);
        isWell = false;
        const runs = programs.map((steps, n) => runProcess(world, openDeliveries(model).deliveries, `w${n}`, steps));
        await scheduler.waitFor(Promise.all(runs));
        isWell = true;
        await drain(world);
      },
    ),
    { numRuns: 150 },
  );
});

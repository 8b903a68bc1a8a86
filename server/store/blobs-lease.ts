import type { DeliveryPriority, LeasedDelivery } from '../../federation/delivery.ts';
import type { DeliveringDeps } from './blobs-delivering.ts';
import { atOnce } from './blobs-documents.ts';
import { type Outlooks, type Waiting, watchQueue } from './blobs-outlooks.ts';
import { type BlobsQueue, groupBy } from './blobs-queue.ts';
import { type DeliveryQueue, endEntry, keyOf, type StoredActivity } from './delivery-queue.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { inTurns, isFree, type Leased, leaseEntry, PRIORITIES, supersedeOutdated } from './lease-rules.ts';

type LeaseOptions = Parameters<DeliveryStore['lease']>[0];

/** Which buckets may hold leases of an owner, and how many at most. */
export type Held = Map<string, Map<string, number>>;

export interface LeaseDeps extends DeliveringDeps {
  readonly held: Held;
}

/** What is to be leased next, and when its turn is. */
interface Pick extends Waiting {
  readonly bucket: string;
  readonly round: number;
}

interface Taken extends Leased {
  readonly pick: Pick;
}

/** How long a process goes by what it saw, while that suffices: others may have asked for something more urgent. */
const LOOK_AGAIN_MS = 10_000;

/** Each time round others took what was picked. */
const MOST_ROUNDS = 20;

/** Activities that are kept, so that one that goes to many inboxes is read once; 60 KiB each at most. */
const MOST_ACTIVITIES = 64;

/**
 * Leasing in Blobs. What is picked goes by what this process last saw of each bucket, and is given only where it is still
 * free when the bucket is written. Every bucket is read when what was seen is not enough, and now and then.
 */
export function blobsLease(deps: LeaseDeps): DeliveryStore['lease'] {
  const served = ['', '', ''];
  const activities = keepActivities(deps.storedActivity);
  const outlooks = watchQueue(deps.queue);
  let lookedAt = Number.NEGATIVE_INFINITY;

  const next = async ({ now, limit }: LeaseOptions): Promise<Pick[]> => {
    await endOutdated(deps.queue, outlooks, now);
    return nextInTurn(outlooks, served, now, limit);
  };

  return async (options) => {
    const taken: Taken[] = [];
    const faults: unknown[] = [];
    let hasLooked = false;
    const lookAround = async (): Promise<void> => {
      await deps.queue.readAll();
      lookedAt = deps.elapsed();
      hasLooked = true;
    };
    if (!deps.held.has(options.owner)) deps.held.set(options.owner, new Map());
    if (deps.elapsed() - lookedAt >= LOOK_AGAIN_MS) await lookAround();
    for (let round = 0; round < MOST_ROUNDS && faults.length === 0; round += 1) {
      const left = { ...options, limit: options.limit - taken.length };
      if (left.limit <= 0) break;
      let picks = await next(left);
      if (picks.length < left.limit && !hasLooked) {
        await lookAround();
        picks = await next(left);
      }
      if (picks.length === 0) break;
      for (const { priority, turn } of picks) served[priority] = turn;
      taken.push(...(await take(deps, picks, options, faults)));
    }
    // What was leased is somebody's now: a fault of another bucket must not hide it.
    if (taken.length === 0 && faults.length > 0) throw faults[0];
    return withActivities(deps.queue, activities, taken.sort(byTurn), options.now);
  };
}

async function endOutdated(queue: BlobsQueue, outlooks: Outlooks, now: number): Promise<void> {
  const names = [...outlooks].flatMap(([name, outlook]) => (outlook().outdatedUntil <= now ? [name] : []));
  await atOnce(names, (name) => queue.changeBucket(name, (bucket) => supersedeOutdated(bucket.queue, now)));
}

/** What is free by what was seen, in the order in which it is given: at most `limit`. */
function nextInTurn(outlooks: Outlooks, served: readonly string[], now: number, limit: number): Pick[] {
  const free: Record<DeliveryPriority, (Waiting & { bucket: string })[]> = { 0: [], 1: [], 2: [] };
  for (const [bucket, outlook] of outlooks) {
    for (const each of outlook().waiting) if (each.freeAt <= now) free[each.priority].push({ ...each, bucket });
  }
  const picks: Pick[] = [];
  for (const priority of PRIORITIES) {
    for (const { item, round } of inTurns(free[priority], served[priority] ?? '')) {
      if (picks.length >= limit) return picks;
      picks.push({ ...item, round });
    }
  }
  return picks;
}

/** Leases what is still free of what was picked: one write a bucket. */
async function take(
  { queue, held }: LeaseDeps,
  picks: readonly Pick[],
  { owner, now, leaseMs }: LeaseOptions,
  faults: unknown[],
): Promise<Taken[]> {
  const byBucket = groupBy(picks, ({ bucket }) => bucket);
  const given = await atOnce([...byBucket], async ([bucket, wanted]) => {
    // Counted before: when the answer is lost, nobody knows whether they are held.
    count(held, owner, bucket, wanted.length);
    try {
      const taken = await queue.changeBucket(bucket, (each) => takeFree(each.queue, wanted, owner, now, leaseMs));
      count(held, owner, bucket, taken.length - wanted.length);
      return taken;
    } catch (fault) {
      faults.push(fault);
      return [];
    }
  });
  return given.flat();
}

function takeFree(queue: DeliveryQueue, wanted: readonly Pick[], owner: string, now: number, leaseMs: number): Taken[] {
  supersedeOutdated(queue, now);
  return wanted.flatMap((pick) => {
    const entry = queue.entries.get(pick.key);
    if (entry === undefined || !isFree(entry, now)) return [];
    return [{ ...leaseEntry(queue, entry, owner, now + leaseMs), pick }];
  });
}

/** Notes that an owner holds so many more, or fewer, leases in a bucket. */
export function count(held: Held, owner: string, bucket: string, more: number): void {
  const buckets = held.get(owner);
  if (buckets === undefined) return;
  const left = (buckets.get(bucket) ?? 0) + more;
  if (left > 0) buckets.set(bucket, left);
  else buckets.delete(bucket);
}

/** Priority first, then in turns; within a round by the name of the host. */
function byTurn({ pick: a }: Taken, { pick: b }: Taken): number {
  return a.priority - b.priority || a.round - b.round || (a.host < b.host ? -1 : a.host > b.host ? 1 : 0);
}

async function withActivities(
  queue: BlobsQueue,
  activityOf: (id: string) => Promise<StoredActivity | undefined>,
  taken: readonly Taken[],
  now: number,
): Promise<LeasedDelivery[]> {
  const ids = [...new Set(taken.map(({ activityId }) => activityId))];
  const stored = new Map(await atOnce(ids, async (id) => [id, structuredClone(await activityOf(id))] as const));
  const lost: Taken[] = [];
  const leased = taken.flatMap((each): LeasedDelivery[] => {
    const { pick: _, ...lease } = each;
    const found = stored.get(lease.activityId);
    if (found) return [{ ...lease, activity: found.activity.json, storedAt: found.createdAt }];
    lost.push(each);
    return [];
  });
  await atOnce(lost, ({ activityId, inbox, pick }) =>
    queue.changeBucket(pick.bucket, ({ queue: { entries } }) => {
      const entry = entries.get(keyOf(activityId, inbox));
      if (entry) endEntry(entry, 'failed', 'its activity is not stored any more', now);
    }),
  );
  return leased;
}

/** Reads each activity once, while it is kept: it is never changed. */
function keepActivities(read: LeaseDeps['storedActivity']): LeaseDeps['storedActivity'] {
  const kept = new Map<string, Promise<StoredActivity | undefined>>();
  return (id) => {
    const known = kept.get(id);
    if (known) return known;
    if (kept.size >= MOST_ACTIVITIES) kept.clear();
    const reading = read(id);
    kept.set(id, reading);
    const forget = () => kept.get(id) === reading && kept.delete(id);
    reading.then((found) => found ?? forget(), forget);
    return reading;
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { adoptReceived } from './adopt-received.ts';
import { forgetUnfollowed } from './forget-unfollowed.ts';
import type { Deps } from './ports.ts';

export type UpkeepDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

const DAY_MS = 86_400_000;

/**
 * How long the id of an activity is remembered: longer than a sender retries (Mastodon, three days) and than a signature
 * holds (13 h), so that none can be repeated after it was forgotten.
 */
const REMEMBERED_MS = 30 * DAY_MS;

/** How long each receipt is kept; then they are counts. Ten thousand followers leave as many receipts a post. */
const RECEIPTS_KEPT_MS = 30 * DAY_MS;

/** How long the document of an actor is kept of whom nothing else is. It is believed for a day; longer it serves nobody. */
const STRANGERS_KEPT_MS = 7 * DAY_MS;

/** What one step of the upkeep dropped, by the names that the log line has for it. */
type Dropped = Readonly<Record<string, number>>;

/** In this order; a step that is repeated finds less to do. */
const STEPS: Readonly<Record<string, (deps: UpkeepDeps, now: number) => Promise<Dropped>>> = {
  seen: async ({ store }, now) => ({ forgotten: await store.inbound.forgetSeen(now - REMEMBERED_MS) }),
  receipts: async ({ store }, now) => {
    const { deliveries, activities } = await store.deliveries.fold(now - RECEIPTS_KEPT_MS);
    return { receipts: deliveries, activities };
  },
  strangers: async ({ store }, now) => ({ strangers: await store.actors.prune(now - STRANGERS_KEPT_MS) }),
  messages: async (deps, now) => ({ messages: await dropOld(deps, now, 'messages') }),
  notifications: async (deps, now) => ({ notifications: await dropOld(deps, now, 'notifications') }),
  replies: async (deps, now) => ({ replies: await dropOld(deps, now, 'interactions') }),
  reading: async (deps, now) => ({ read: await dropRead(deps, now) }),
  orphans: async (deps) => ({ orphans: await dropOrphans(deps) }),
  // What swaps that were cut short left behind; a day is longer than any swap.
  ledger: async ({ store }, now) => ({ leftovers: await store.ledger.collect(now - DAY_MS) }),
};

/**
 * Drops what is of no more use: ids of activities that were seen long ago, old receipts, which become counts, documents of
 * strangers, what others sent longer ago than the rules say, and what they said about posts that were deleted. One log line
 * when there was something; rejects when the store does.
 */
export function keepUp(deps: UpkeepDeps): Promise<void> {
  return doSteps(deps, (_, step) => step());
}

/** Does each step as `each` has it done, and tells what was dropped, also when one fails. */
async function doSteps(
  deps: UpkeepDeps,
  each: (name: string, step: () => Promise<Dropped>) => Promise<Dropped>,
): Promise<void> {
  const now = deps.clock();
  const all: Record<string, number> = {};
  try {
    for (const [name, step] of Object.entries(STEPS)) Object.assign(all, await each(name, () => step(deps, now)));
  } finally {
    logDropped(deps, all);
  }
}

function logDropped({ log }: UpkeepDeps, all: Dropped): void {
  const { forgotten = 0, receipts = 0, activities = 0, ...others } = all;
  const more = Object.entries(others).filter(([, count]) => count > 0);
  if (forgotten + receipts + activities + more.length === 0) return;
  log({ event: 'upkeep.done', level: 'info', forgotten, receipts, activities, ...Object.fromEntries(more) });
}

/** What the rules keep for ever has no time. */
async function dropOld(
  { store, site }: UpkeepDeps,
  now: number,
  kind: 'messages' | 'notifications' | 'interactions',
): Promise<number> {
  const { messagesMs, notificationsMs, repliesMs } = (await site.rules()).keep;
  const ms = { messages: messagesMs, notifications: notificationsMs, interactions: repliesMs }[kind];
  return ms === undefined ? 0 : store[kind].prune(new Date(Math.max(0, now - ms)).toISOString());
}

/** Of those whom the blog follows no more nothing, of the others what the rules keep; a rule that is gone keeps nothing. */
async function dropRead({ store, site }: UpkeepDeps, now: number): Promise<number> {
  const { reading } = await site.rules();
  const before = reading === undefined ? now + DAY_MS : Math.max(0, now - reading.days * DAY_MS);
  const old = await store.reading.prune(new Date(before).toISOString());
  return old + (await forgetUnfollowed({ store }));
}

/**
 * By the ledger, not the build: a post that is missing from a build may come back, one that is deleted cannot. It is read
 * once for all of them.
 */
async function dropOrphans({ store }: UpkeepDeps): Promise<number> {
  const ids: string[] = [];
  for await (const target of store.interactions.targets()) ids.push(target);
  if (ids.length === 0) return 0;
  let dropped = 0;
  for (const { id, state } of (await store.ledger.part({ buckets: [], ids }))?.objects ?? []) {
    if (state !== 'deleted') continue;
    dropped += await store.interactions.forgetTarget(id);
    await store.answers.forgetObject(id);
  }
  return dropped;
}

/** A run that was begun this long ago, or twice as long, is at it no more: the platform ended it after 15 minutes. */
const BEGUN_MS = 20 * 60_000;

/**
 * Says whether the upkeep of today is to be started now, and marks that it is: true once a day, and once more after a run
 * that did not come to its end. No activity's id begins like the mark. Rejects when the store does.
 */
export async function beginUpkeep({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<boolean> {
  const now = clock();
  const slot = Math.floor(now / BEGUN_MS);
  const begun = (at: number): string => `upkeep-begun:${at}`;
  for (const mark of [markOf(now), begun(slot), begun(slot - 1)]) {
    if (await store.inbound.seen(mark)) return false;
  }
  await store.inbound.markSeen(begun(slot), now);
  return true;
}

/**
 * Keeps up once a day, on a host that calls now and then. Each step is marked when it is done, and the day last: a run that
 * was cut short is gone on with where it stopped. No activity's id begins like the marks. Rejects when the store does.
 */
export async function keepUpDaily(deps: UpkeepDeps): Promise<void> {
  const { inbound } = deps.store;
  const now = deps.clock();
  const day = markOf(now);
  if (await inbound.seen(day)) return;
  await doSteps(deps, async (name, step) => {
    const mark = `${day}:${name}`;
    if (await inbound.seen(mark)) return {};
    const dropped = await step();
    await inbound.markSeen(mark, now);
    return dropped;
  });
  await inbound.markSeen(day, now);
}

function markOf(now: number): string {
  return `upkeep:${new Date(now).toISOString().slice(0, 10)}`;
}

/**
 * Adopts what an older version left, then keeps up at once and once a day, until `signal` aborts. Never rejects: a fault is
 * logged and met again tomorrow.
 */
export async function runUpkeep(
  deps: UpkeepDeps & Pick<Deps, 'documents'>,
  options: { readonly signal: AbortSignal; readonly everyMs?: number },
): Promise<void> {
  const { signal, everyMs = DAY_MS } = options;
  while (!signal.aborted) {
    await adoptReceived(deps).catch((fault: unknown) => logFault(deps, fault));
    await keepUp(deps).catch((fault: unknown) => logFault(deps, fault));
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

function logFault({ log }: UpkeepDeps, fault: unknown): void {
  log({ event: 'upkeep.fault', level: 'error', error: fault instanceof Error ? fault.message : String(fault) });
}

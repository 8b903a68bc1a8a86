import { setTimeout as sleep } from 'node:timers/promises';
import { adoptReceived } from './adopt-received.ts';
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

/**
 * Drops what is of no more use: ids of activities that were seen long ago, old receipts, which become counts, documents of
 * strangers, what others sent longer ago than the rules say, and what they said about posts that were deleted. One log line
 * when there was something; rejects when the store does.
 */
export async function keepUp(deps: UpkeepDeps): Promise<void> {
  const { store, clock, log } = deps;
  const now = clock();
  const forgotten = await store.inbound.forgetSeen(now - REMEMBERED_MS);
  const folded = await store.deliveries.fold(now - RECEIPTS_KEPT_MS);
  const strangers = await store.actors.prune(now - STRANGERS_KEPT_MS);
  const dropped = { strangers, ...(await dropOld(deps, now)), orphans: await dropOrphans(deps) };
  const more = Object.entries(dropped).filter(([, count]) => count > 0);
  if (forgotten + folded.deliveries + folded.activities + more.length === 0) return;
  log({
    event: 'upkeep.done',
    level: 'info',
    forgotten,
    receipts: folded.deliveries,
    activities: folded.activities,
    ...Object.fromEntries(more),
  });
}

/** What the rules keep for ever has no time. */
async function dropOld({ store, site }: UpkeepDeps, now: number): Promise<Record<string, number>> {
  const { messagesMs, notificationsMs, repliesMs } = (await site.rules()).keep;
  const since = (ms: number): string => new Date(Math.max(0, now - ms)).toISOString();
  return {
    messages: messagesMs === undefined ? 0 : await store.messages.prune(since(messagesMs)),
    notifications: notificationsMs === undefined ? 0 : await store.notifications.prune(since(notificationsMs)),
    replies: repliesMs === undefined ? 0 : await store.interactions.prune(since(repliesMs)),
  };
}

/** By the ledger, not the build: a post that is missing from a build may come back, one that is deleted cannot. */
async function dropOrphans({ store }: UpkeepDeps): Promise<number> {
  const targets: string[] = [];
  for await (const target of store.interactions.targets()) targets.push(target);
  let dropped = 0;
  for (const target of targets) {
    const isDeleted = (await store.ledger.object(target))?.state === 'deleted';
    if (isDeleted) dropped += await store.interactions.forgetTarget(target);
  }
  return dropped;
}

/**
 * Keeps up once a day, on a host that calls now and then. The day is marked last, so what was cut short is done again, and
 * what it had dropped by then is dropped. No activity's id begins like the mark. Rejects when the store does.
 */
export async function keepUpDaily(deps: UpkeepDeps): Promise<void> {
  const { store, clock } = deps;
  const mark = `upkeep:${new Date(clock()).toISOString().slice(0, 10)}`;
  if (await store.inbound.seen(mark)) return;
  await keepUp(deps);
  await store.inbound.markSeen(mark, clock());
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from './ports.ts';

export type UpkeepDeps = Pick<Deps, 'store' | 'clock' | 'log'>;

const DAY_MS = 86_400_000;

/**
 * How long the id of an activity is remembered: longer than a sender retries (Mastodon, three days) and than a signature
 * holds (13 h), so that none can be repeated after it was forgotten.
 */
const REMEMBERED_MS = 30 * DAY_MS;

/** How long each receipt is kept; then they are counts. Ten thousand followers leave as many receipts a post. */
const RECEIPTS_KEPT_MS = 30 * DAY_MS;

/**
 * Drops what is of no more use: ids of activities that were seen long ago, and old receipts, which become counts. One log
 * line when there was something; rejects when the store does.
 */
export async function keepUp({ store, clock, log }: UpkeepDeps): Promise<void> {
  const now = clock();
  const forgotten = await store.inbound.forgetSeen(now - REMEMBERED_MS);
  const folded = await store.deliveries.fold(now - RECEIPTS_KEPT_MS);
  if (forgotten + folded.deliveries + folded.activities === 0) return;
  log({
    event: 'upkeep.done',
    level: 'info',
    forgotten,
    receipts: folded.deliveries,
    activities: folded.activities,
  });
}

/** Keeps up at once and then once a day, until `signal` aborts. Never rejects: a fault is logged and met again tomorrow. */
export async function runUpkeep(
  deps: UpkeepDeps,
  options: { readonly signal: AbortSignal; readonly everyMs?: number },
): Promise<void> {
  const { signal, everyMs = DAY_MS } = options;
  while (!signal.aborted) {
    await keepUp(deps).catch((fault: unknown) => {
      const error = fault instanceof Error ? fault.message : String(fault);
      deps.log({ event: 'upkeep.fault', level: 'error', error });
    });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

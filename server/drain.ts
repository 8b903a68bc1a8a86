import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, DeliveryState } from '../federation/delivery.ts';
import type { Settled } from './attempt-delivery.ts';
import { type DeliverDeps, type DeliverOptions, deliverDue, LEASE_MS } from './deliver.ts';

/** Where the queue stands: what was watched, or all of it when nothing was. */
export interface DrainProgress extends Record<DeliveryState, number> {
  /** True while a running server delivers and this process only looks on. */
  readonly byServer: boolean;
}

export interface DrainReport extends DrainProgress {
  /** When the next attempt is due (milliseconds since the epoch), while anything is pending. */
  readonly nextDue?: number;
}

export interface DrainOptions extends DeliverOptions {
  /** The activities to watch; all deliveries of the store when it is empty or absent. */
  readonly activities?: readonly string[];
  readonly onProgress?: (progress: DrainProgress) => void;
  /** How often the store is asked while another process delivers. */
  readonly pollMs?: number;
}

/** Longer than an attempt: with nothing settled for this long, what is left waits behind a retry. */
const STALLED_MS = 15_000;

/**
 * Sees the queue to its end: every watched delivery is final, or waits for a retry. Gives where it stands then.
 *
 * A live worker does the work and this only watches; without one it delivers itself, and it takes over from a worker
 * that dies. Deliveries that a killed process had leased are waited for. Ends early when `signal` aborts. Rejects when
 * the store does.
 */
export async function drain(deps: DeliverDeps, options: DrainOptions): Promise<DrainReport> {
  const { signal, pollMs = 200 } = options;
  const retries = new Set<number>();
  const onSettled = (settled: Settled) => {
    if (settled.after.state === 'pending') retries.add(settled.after.dueAt);
    options.onSettled?.(settled);
  };
  let last = '';
  let changedAt = deps.clock();
  for (;;) {
    const byServer = (await deps.store.workers.alive(deps.clock())).length > 0;
    if (!byServer && !signal?.aborted) await deliverDue(deps, { ...options, onSettled });
    const { counts, unsettled } = await look(deps, options.activities ?? []);
    const progress = { ...counts, byServer };
    const now = deps.clock();
    if (JSON.stringify(progress) !== last) {
      last = JSON.stringify(progress);
      changedAt = now;
      options.onProgress?.(progress);
    }
    const nextDue = await deps.store.deliveries.nextDue();
    const report = nextDue === undefined ? progress : { ...progress, nextDue };
    if (signal?.aborted || counts.pending === 0 || nextDue === undefined) return report;
    const isDue = nextDue <= now;
    const isStalled = now - changedAt >= STALLED_MS;
    if (byServer ? !unsettled || (isStalled && !isDue) : !isDue && !mayBeLease(nextDue, now, retries)) return report;
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** A time that no retry of this run explains, and that is near, is likely the end of a killed process's lease. */
function mayBeLease(nextDue: number, now: number, retries: ReadonlySet<number>): boolean {
  return !retries.has(nextDue) && nextDue - now <= LEASE_MS;
}

/** Counts the watched deliveries by state. `unsettled`: some are neither final nor waiting for a later time. */
async function look(
  deps: DeliverDeps,
  activities: readonly string[],
): Promise<{ counts: Record<DeliveryState, number>; unsettled: boolean }> {
  if (activities.length === 0) {
    const counts = await deps.store.deliveries.counts();
    const next = await deps.store.deliveries.nextDue();
    return { counts, unsettled: next !== undefined && next <= deps.clock() };
  }
  const counts: Record<DeliveryState, number> = { pending: 0, delivered: 0, failed: 0, gone: 0 };
  let unsettled = false;
  const now = deps.clock();
  const isDue = ({ state, dueAt }: Delivery) => state === 'pending' && dueAt <= now;
  for (const id of activities) {
    for (const delivery of await deps.store.deliveries.ofActivity(id)) {
      counts[delivery.state] += 1;
      if (isDue(delivery)) unsettled = true;
    }
  }
  return { counts, unsettled };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryState } from '../federation/delivery.ts';
import { type DeliverDeps, type DeliverOptions, deliverDue } from './deliver.ts';
import type { HostQueue } from './store/delivery-store.ts';

/** Where the queue stands, by state: what was watched, or all of it when nothing was. */
export interface DrainProgress extends Record<DeliveryState, number> {
  /** True while a running server delivers and this process only looks on. */
  readonly byServer: boolean;
}

export interface DrainReport extends DrainProgress {
  /** When the next attempt is due (milliseconds since the epoch), while anything is pending. */
  readonly nextDue?: number;
  /** The hosts that something waits for, those that fail longest first; at most ten, and absent when nothing waits. */
  readonly waiting?: readonly HostQueue[];
}

export interface DrainOptions extends DeliverOptions {
  /** The activities to watch; all deliveries of the store when it is empty or absent. */
  readonly activities?: readonly string[];
  readonly onProgress?: (progress: DrainProgress) => void;
  /** How often the store is asked while another process delivers. */
  readonly pollMs?: number;
}

/** Enough to see what is the matter; the deliveries command lists all of them. */
const MOST_WAITING_SHOWN = 10;

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
  const { signal, pollMs = 200, activities = [] } = options;
  let last = '';
  let changedAt = deps.clock();
  for (;;) {
    const byServer = (await deps.store.workers.alive(deps.clock())).length > 0;
    if (!byServer && !signal?.aborted) await deliverDue(deps, options);
    const { counts, nextDue, isUnsettled } = await look(deps, activities);
    const progress = { ...counts, byServer };
    const now = deps.clock();
    if (JSON.stringify(progress) !== last) {
      last = JSON.stringify(progress);
      changedAt = now;
      options.onProgress?.(progress);
    }
    if (signal?.aborted || counts.pending === 0 || nextDue === undefined) return reportOf(deps, progress, nextDue);
    const isStalled = byServer && nextDue > now && now - changedAt >= STALLED_MS;
    // Its own leases have ended by now.
    const mayGoOn =
      isUnsettled || (activities.length === 0 && !byServer && (await deps.store.deliveries.leased(now)) > 0);
    if (!mayGoOn || isStalled) return reportOf(deps, progress, nextDue);
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** Says what waits, for whom and until when, so that a publish need not end with a bare number. */
async function reportOf(
  { store }: DeliverDeps,
  progress: DrainProgress,
  nextDue: number | undefined,
): Promise<DrainReport> {
  if (progress.pending === 0 || nextDue === undefined)
    return nextDue === undefined ? progress : { ...progress, nextDue };
  const troubled = await store.deliveries.troubled({ limit: MOST_WAITING_SHOWN });
  return { ...progress, nextDue, waiting: troubled.filter(({ pending }) => pending > 0) };
}

interface Look {
  readonly counts: Record<DeliveryState, number>;
  readonly nextDue: number | undefined;
  /** Some are being attempted, or could be now. */
  readonly isUnsettled: boolean;
}

/** Counts the watched deliveries by state: the store counts, however many there are. */
async function look({ store, clock }: DeliverDeps, activities: readonly string[]): Promise<Look> {
  const now = clock();
  const nextDue = await store.deliveries.nextDue();
  if (activities.length > 0) {
    const { counts, due } = await store.deliveries.progress(activities, now);
    return { counts, nextDue, isUnsettled: due > 0 };
  }
  const counts = await store.deliveries.counts();
  return { counts, nextDue, isUnsettled: nextDue !== undefined && nextDue <= now };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type DeliverDeps, type DeliverOptions, deliverDue } from './deliver.ts';

export interface WorkerOptions extends DeliverOptions {
  readonly signal: AbortSignal;
  /** How often the queue is looked at when nothing is known to be due: another process may have added to it. */
  readonly pollMs?: number;
}

/** A worker that has not said so for this long is taken for dead. */
const ALIVE_MS = 15_000;
const BEAT_MS = 5_000;

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/**
 * Delivers what is due until `signal` aborts: the server's loop. Never rejects.
 *
 * It says that it is alive, so that a publish leaves the queue to it, also while a long run lasts. A fault of the store
 * is logged and tried again, after a second at first and a minute at most: a disk that is full for a while stops
 * nothing for good.
 */
export async function runWorker(deps: DeliverDeps, options: WorkerOptions): Promise<void> {
  const { owner, signal, pollMs = 1_000 } = options;
  const beat = () =>
    deps.store.workers.beat(owner, deps.clock() + ALIVE_MS).catch((fault) => logFault(deps, 'beat', fault));
  await beat();
  const beats = setInterval(beat, BEAT_MS);
  let faultsInARow = 0;
  while (!signal.aborted) {
    try {
      await deliverDue(deps, options);
      faultsInARow = 0;
      await pause(await untilNext(deps, pollMs), signal);
    } catch (fault) {
      logFault(deps, 'deliver', fault);
      await pause(Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** faultsInARow), signal);
      faultsInARow += 1;
    }
  }
  clearInterval(beats);
  await deps.store.workers.leave(owner).catch((fault) => logFault(deps, 'leave', fault));
}

async function untilNext(deps: DeliverDeps, pollMs: number): Promise<number> {
  const next = await deps.store.deliveries.nextDue();
  const wait = next === undefined ? pollMs : next - deps.clock();
  // What is due already and was not given out came in just now; never spin on it.
  return Math.min(pollMs, Math.max(wait, 10));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function logFault(deps: DeliverDeps, doing: string, fault: unknown): void {
  const error = fault instanceof Error ? fault.message : String(fault);
  deps.log({ event: 'worker.fault', level: 'error', doing, error });
}

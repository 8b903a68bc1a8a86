import { setTimeout as sleep } from 'node:timers/promises';
import { hostOf } from '../federation/audience.ts';
import type { DeliveryState, LeasedDelivery } from '../federation/delivery.ts';
import { type AttemptDeps, attemptDelivery, type Settled } from './attempt-delivery.ts';

export type DeliverDeps = AttemptDeps;

export interface DeliverOptions {
  /** Names one run of one process. */
  readonly owner: string;
  /** Ends the run: what is under way is finished, the rest is given back. */
  readonly signal?: AbortSignal | undefined;
  readonly onSettled?: ((settled: Settled) => void) | undefined;
  /** Requests at once, to all hosts and to one. */
  readonly concurrency?: number;
  readonly perHost?: number;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Attempts of this run by what came of them; `pending` are those that are tried again later. */
export type DeliverReport = Record<DeliveryState, number>;

/** A lease is much longer than an attempt, whose limit is 10 s, and short enough to wait for after a crash. */
export const LEASE_MS = 60_000;

/** An attempt begins only while its lease lasts longer than the attempt can. */
const LEASE_MARGIN_MS = 20_000;

/** The most that is leased and not yet begun: deliveries to hosts that are busy pile up here. */
const MOST_WAITING = 1_024;

/** Bodies kept at once; each is at most 60 KiB. */
const MOST_BODIES = 256;

/** While slow peers hold requests, the queue is looked at this often for something new. */
const LOOK_AGAIN_MS = 500;

interface Waiting {
  readonly leased: LeasedDelivery;
  readonly host: string;
}

/** What one call of `deliverDue` has in hand. */
interface Run {
  readonly deps: DeliverDeps;
  readonly options: DeliverOptions;
  readonly concurrency: number;
  readonly perHost: number;
  readonly report: DeliverReport;
  waiting: readonly Waiting[];
  readonly underWay: Set<Promise<void>>;
  /** Requests under way by host. */
  readonly busy: Map<string, number>;
  readonly bodies: Map<string, Uint8Array>;
  readonly faults: unknown[];
}

/**
 * Attempts every delivery that is due, until none is or `signal` aborts. Gives what came of the attempts.
 *
 * At most `concurrency` requests run at once (64), and at most `perHost` (4) to one host. Each body is written once
 * for all inboxes of a batch. Rejects when the store does, after what is under way has ended; leases that could not be
 * given back run out by themselves.
 */
export async function deliverDue(deps: DeliverDeps, options: DeliverOptions): Promise<DeliverReport> {
  const { concurrency = 64, perHost = 4 } = options;
  const report: DeliverReport = { pending: 0, delivered: 0, failed: 0, gone: 0 };
  const state = { waiting: [], underWay: new Set<Promise<void>>(), busy: new Map(), bodies: new Map(), faults: [] };
  const run: Run = { deps, options, concurrency, perHost, report, ...state };
  try {
    await work(run);
  } catch (fault) {
    run.faults.push(fault);
  }
  await Promise.all(run.underWay);
  await deps.store.deliveries.release(options.owner).catch((fault: unknown) => run.faults.push(fault));
  if (run.faults.length > 0) throw run.faults[0];
  return report;
}

async function work(run: Run): Promise<void> {
  while (!run.options.signal?.aborted && run.faults.length === 0) {
    startWaiting(run);
    if (await leaseMore(run)) continue;
    if (run.underWay.size === 0 && run.waiting.length === 0) return;
    await settleOrLookAgain(run.underWay);
  }
}

/** Starts what its host and the whole have room for. */
function startWaiting(run: Run): void {
  const now = run.deps.clock();
  run.waiting = run.waiting.filter(({ leased, host }) => {
    if (run.underWay.size >= run.concurrency) return true;
    if ((run.busy.get(host) ?? 0) >= run.perHost) return true;
    // A lease that is nearly over runs out unused, and whoever asks next gets the delivery.
    if (leased.leasedUntil - now >= LEASE_MARGIN_MS) start(run, { leased, host });
    return false;
  });
}

function start(run: Run, { leased, host }: Waiting): void {
  const { deps, options, underWay, busy } = run;
  const { owner, random = Math.random } = options;
  busy.set(host, (busy.get(host) ?? 0) + 1);
  const attempt = attemptDelivery(deps, leased, { owner, body: bodyOf(run.bodies, leased), random: random() })
    .then((settled) => {
      if (!settled) return;
      run.report[settled.after.state] += 1;
      options.onSettled?.(settled);
    })
    .catch((fault: unknown) => {
      run.faults.push(fault);
    })
    .finally(() => {
      underWay.delete(attempt);
      busy.set(host, (busy.get(host) ?? 1) - 1);
    });
  underWay.add(attempt);
}

/** True when there was something to lease. Asks only while requests could run that are not leased yet. */
async function leaseMore(run: Run): Promise<boolean> {
  const { deps, options, concurrency } = run;
  if (run.underWay.size >= concurrency || run.waiting.length >= MOST_WAITING) return false;
  const limit = Math.min(2 * concurrency, MOST_WAITING - run.waiting.length);
  const leased = await deps.store.deliveries.lease({
    owner: options.owner,
    now: deps.clock(),
    leaseMs: LEASE_MS,
    limit,
  });
  run.waiting = [...run.waiting, ...leased.map((each) => ({ leased: each, host: hostOf(each.inbox) }))];
  return leased.length > 0;
}

/** The bytes of an activity: equal for each of its inboxes, so they are written once. */
function bodyOf(bodies: Map<string, Uint8Array>, { activityId, activity }: LeasedDelivery): Uint8Array {
  const known = bodies.get(activityId);
  if (known) return known;
  if (bodies.size >= MOST_BODIES) bodies.clear();
  const body = new TextEncoder().encode(JSON.stringify(activity));
  bodies.set(activityId, body);
  return body;
}

async function settleOrLookAgain(underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const timer = new AbortController();
  const pause = sleep(LOOK_AGAIN_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([...underWay, pause]);
  timer.abort();
}

import { hostOf } from '../federation/audience.ts';
import type { AfterAttempt, LeasedDelivery } from '../federation/delivery.ts';
import { type AttemptDeps, attemptDelivery, type Settled } from './attempt-delivery.ts';
import { descriptorLimit, slowWithin } from './descriptors.ts';
import { createHostQueues, type HostQueues, type NextDelivery } from './host-queues.ts';
import type { Deps } from './ports.ts';
import { provenBody } from './prove.ts';
import { createSlots, type Slot, type Slots } from './slots.ts';

export type DeliverDeps = AttemptDeps & Pick<Deps, 'keys'>;

export interface DeliverOptions {
  /** Names one run of one process. */
  readonly owner: string;
  /** Ends the run: what is under way is finished, the rest is given back. */
  readonly signal?: AbortSignal | undefined;
  readonly onSettled?: ((settled: Settled) => void) | undefined;
  /** Requests at once, to all hosts and to one. */
  readonly concurrency?: number;
  readonly perHost?: number;
  /** A request that takes longer leaves its place among `concurrency` to another, in milliseconds (1 s). */
  readonly slowAfterMs?: number;
  /** While requests run, an empty queue is asked this often for something new (500 ms). */
  readonly lookAgainMs?: number;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Attempts of this run by what came of them; `pending` are those that are tried again later. */
export type DeliverReport = Record<AfterAttempt['state'], number>;

/** A lease is much longer than an attempt, whose limit is 10 s, and short enough to wait for after a crash. */
export const LEASE_MS = 60_000;

/** An attempt begins only while its lease lasts longer than the attempt can. */
const LEASE_MARGIN_MS = 20_000;

/** The most that is leased and not yet begun: deliveries to hosts that are busy pile up here. */
const MOST_WAITING = 1_024;

/** Slow requests that run beside the others: hosts that hang cost a socket, not the time of those that answer. At most. */
const MOST_SLOW = 512;

/** Bodies kept at once; each is at most 60 KiB. */
const MOST_BODIES = 256;

/** How often slow requests are looked for, by one timer for all of them. */
const TICK_MS = 25;

/** What one call of `deliverDue` has in hand. */
interface Run {
  readonly deps: DeliverDeps;
  readonly options: DeliverOptions;
  readonly leaseLimit: number;
  readonly queues: HostQueues;
  readonly slots: Slots;
  readonly bell: Bell;
  readonly failing: Set<string>;
  readonly bodies: Map<string, Uint8Array>;
  readonly report: DeliverReport;
  readonly faults: unknown[];
  /** Attempts whose outcome is not written down. */
  underWay: number;
  /** When the store is asked for more again (`performance.now`). */
  askAt: number;
}

/**
 * Attempts every delivery that is due, until none is or `signal` aborts. Gives what came of the attempts.
 *
 * At most `concurrency` requests run at once (64), and at most `perHost` (4) to one host. A request that takes far longer
 * than others do, or a second, makes room for another, up to 512 at once, so that hosts that hang do not slow those that
 * answer (fewer where few files may be open); it still counts for its host. Each body is written once for all inboxes of a batch. Rejects when the store does, after
 * what is under way has ended; leases that could not be given back run out by themselves.
 */
export async function deliverDue(deps: DeliverDeps, options: DeliverOptions): Promise<DeliverReport> {
  const run = createRun(deps, options);
  const tick = setInterval(() => {
    if (run.slots.freeSlow() || performance.now() >= run.askAt) run.bell.ring();
  }, TICK_MS);
  options.signal?.addEventListener('abort', run.bell.ring);
  try {
    await work(run);
  } catch (fault) {
    run.faults.push(fault);
  }
  while (run.underWay > 0) await run.bell.rung();
  clearInterval(tick);
  options.signal?.removeEventListener('abort', run.bell.ring);
  await deps.store.deliveries.release(options.owner).catch((fault: unknown) => run.faults.push(fault));
  if (run.faults.length > 0) throw run.faults[0];
  return run.report;
}

function createRun(deps: DeliverDeps, options: DeliverOptions): Run {
  const { concurrency = 64, perHost = 4, slowAfterMs = 1_000 } = options;
  const failing = new Set<string>();
  return {
    deps,
    options,
    leaseLimit: 2 * concurrency,
    queues: createHostQueues(perHost, failing),
    slots: createSlots({
      concurrency,
      slowAfterMs,
      mostSlow: slowWithin(descriptorLimit(), concurrency, MOST_SLOW),
      clock: () => performance.now(),
    }),
    bell: createBell(),
    failing,
    bodies: new Map(),
    report: { pending: 0, delivered: 0, failed: 0, gone: 0 },
    faults: [],
    underWay: 0,
    askAt: 0,
  };
}

async function work(run: Run): Promise<void> {
  while (!run.options.signal?.aborted && run.faults.length === 0) {
    startWaiting(run);
    const isIdle = run.underWay === 0 && run.queues.size === 0;
    if (isIdle || mayLease(run)) {
      if (!(await leaseMore(run)) && isIdle) return;
      // Also when there was nothing: now those may start that others would have gone before.
      continue;
    }
    await run.bell.rung();
  }
}

/** Starts what its host and the whole have room for; hosts that fail only when the store may have no others. */
function startWaiting(run: Run): void {
  const now = run.deps.clock();
  while (run.slots.hasRoom && (run.queues.hasWell || !mayLease(run))) {
    const next = run.queues.next();
    if (next === undefined) return;
    // A lease that is nearly over runs out unused, and whoever asks next gets the delivery.
    if (next.leased.leasedUntil - now >= LEASE_MARGIN_MS) void attempt(run, next);
    else run.queues.done(next.host);
  }
}

/** Never rejects. */
async function attempt(run: Run, { leased, host }: NextDelivery): Promise<void> {
  const { deps, options, queues, failing } = run;
  const { owner, random = Math.random } = options;
  let slot: Slot | undefined = run.slots.take();
  // What came of a request is written down with others: meanwhile the next one runs.
  const onRequestEnd = (answered: boolean): void => {
    if (slot) run.slots.give(slot, answered);
    slot = undefined;
    run.bell.ring();
  };
  run.underWay += 1;
  try {
    const body = bodyOf(run, leased);
    const isKeyChanging = deps.keys.retired?.() !== undefined;
    const { takeBack } = queues;
    const more = { owner, host, body, random: random(), failing, takeBack, onRequestEnd, isKeyChanging };
    const settled = await attemptDelivery(deps, leased, more);
    if (settled) {
      run.report[settled.after.state] += 1;
      options.onSettled?.(settled);
    }
  } catch (fault) {
    run.faults.push(fault);
  } finally {
    run.underWay -= 1;
    queues.done(host);
    onRequestEnd(false);
  }
}

/** The store is asked when requests could run that are not leased, and not again at once when it had no more. */
function mayLease({ slots, queues, askAt }: Run): boolean {
  return slots.hasRoom && !queues.hasWell && queues.size < MOST_WAITING && performance.now() >= askAt;
}

/** True when there was something to lease. */
async function leaseMore(run: Run): Promise<boolean> {
  const { deps, options, queues, leaseLimit } = run;
  const { lookAgainMs = 500 } = options;
  const limit = Math.min(leaseLimit, MOST_WAITING - queues.size);
  const leased = await deps.store.deliveries.lease({
    owner: options.owner,
    now: deps.clock(),
    leaseMs: LEASE_MS,
    limit,
  });
  for (const each of leased) {
    if (each.hostFailing) run.failing.add(hostOf(each.inbox));
    queues.add(each);
  }
  if (leased.length < limit) run.askAt = performance.now() + lookAgainMs;
  return leased.length > 0;
}

/** The bytes of an activity: equal for each of its inboxes, so they are written and proved once. */
function bodyOf({ deps, bodies }: Run, { activityId, activity, storedAt }: LeasedDelivery): Uint8Array {
  const known = bodies.get(activityId);
  if (known) return known;
  if (bodies.size >= MOST_BODIES) bodies.clear();
  const body = provenBody(deps.keys, activity, storedAt);
  bodies.set(activityId, body);
  return body;
}

/** Wakes the one who waits; rung while nobody does, it is heard by the next. */
interface Bell {
  readonly ring: () => void;
  rung(): Promise<void>;
}

function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      isRung = true;
      wake?.();
      wake = undefined;
    },
    rung: async () => {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isRung = false;
    },
  };
}

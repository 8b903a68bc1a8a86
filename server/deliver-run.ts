import { type DeliverDeps, type DeliverOptions, type DeliverReport, deliverDue } from './deliver.ts';
import { isAnyDue } from './start-work.ts';

export interface DeliverRunOptions {
  /** Names this run, and no other ever. Of two names that of the run which began earlier comes first: see `runName`. */
  readonly owner: string;
  /** For how long this run may lease. Milliseconds. */
  readonly leaseForMs?: number;
  readonly random?: () => number;
}

/** Names a run that begins `now`; `unique` is random. */
export function runName(now: number, unique: string): string {
  return `run-${String(now).padStart(16, '0')}-${unique}`;
}

/** How a run ended. `others`: one is at it already. `over`: its time is, and something is left that is due. */
export type DeliverRun =
  | { readonly kind: 'others' }
  | { readonly kind: 'done' | 'over'; readonly report: DeliverReport };

/** Netlify ends what runs in the background after 15 minutes; an attempt takes 10 seconds at most. */
const LEASE_FOR_MS = 12 * 60_000;

/**
 * How often a run looks for more while requests run. Where there is no lasting process, the queue lies in dozens of
 * documents, and each look reads them all; with nothing under way it is looked at once.
 */
const LOOK_AGAIN_MS = 4_000;

/** Without a word for this long, a run is taken for dead. */
const ALIVE_MS = 30_000;
const BEAT_MS = 10_000;

/**
 * Delivers what is due, until nothing is or the time of this run is over: one run at a time, on a host that ends it.
 *
 * Of two that begin at once the later one leaves the work to the other; leases alone keep them from sending the same twice.
 * Whoever queues something while a run is alive leaves it to that run, so it looks once more after it said that it goes.
 * Rejects when the store does: leases that were not given back run out.
 */
export async function deliverRun(deps: DeliverDeps, options: DeliverRunOptions): Promise<DeliverRun> {
  const { owner, leaseForMs = LEASE_FOR_MS, random } = options;
  const { workers } = deps.store;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), leaseForMs);
  const report: DeliverReport = { pending: 0, delivered: 0, failed: 0, gone: 0 };
  try {
    for (;;) {
      await workers.beat(owner, deps.clock() + ALIVE_MS);
      const [first] = await workers.alive(deps.clock());
      if (first !== owner) {
        await workers.leave(owner);
        return { kind: 'others' };
      }
      const more = await deliverAlive(deps, { owner, signal: ending.signal, ...(random ? { random } : {}) });
      for (const state of STATES) report[state] += more[state];
      if (!(await isAnyDue(deps))) return { kind: 'done', report };
      if (ending.signal.aborted) return { kind: 'over', report };
      // What is due and was not given out is in other hands.
      if (STATES.every((state) => more[state] === 0)) return { kind: 'done', report };
      if ((await workers.alive(deps.clock())).length > 0) return { kind: 'others' };
    }
  } finally {
    clearTimeout(timer);
  }
}

/** A beat that fails is made good by the next; without any, another run begins, and leases part the two. */
async function deliverAlive(deps: DeliverDeps, options: DeliverOptions): Promise<DeliverReport> {
  const { workers } = deps.store;
  const beat = () => workers.beat(options.owner, deps.clock() + ALIVE_MS).catch(() => undefined);
  const beats = setInterval(beat, BEAT_MS);
  try {
    return await deliverDue(deps, { lookAgainMs: LOOK_AGAIN_MS, ...options });
  } finally {
    clearInterval(beats);
    await workers.leave(options.owner);
  }
}

const STATES = ['pending', 'delivered', 'failed', 'gone'] as const;

import { setTimeout as sleep } from 'node:timers/promises';
import type { Approval } from '../federation/ledger.ts';
import type { ManifestHead, ManifestParts } from '../federation/manifest-parts.ts';
import { type Plan, planPublish } from '../federation/plan.ts';
import type { Rules } from '../federation/rules.ts';
import { finishAccountDeletion } from './account.ts';
import { compareNow } from './compare.ts';
import { type Enforced, enforceBlocks, isAnyGone } from './enforce-blocks.ts';
import { tellLive } from './live-updates.ts';
import { applyPlan, hasWork, type PublishDeps, type PublishReport, planOptionsOf } from './publish.ts';

/** What one look at the ledger and the site came to. */
export interface Sweep {
  /** What was looked at: while it stays the same and nothing comes due, the next look ends here. */
  readonly seen?: { readonly version: number; readonly parts: ManifestParts };
  readonly sent?: PublishReport;
  /** The next instant at which something may come due. Milliseconds since the epoch. */
  readonly nextAt?: number;
  /** The last word on what waits or is held: not repeated at each look. */
  readonly said?: string;
}

/** A look that finds nothing new reads one row and the time of one file. */
const EVERY_MS = 5_000;
const SHORTEST_MS = 100;

/**
 * Sends what the owner published and what has come due since: delayed, dated ahead, or interrupted half-way.
 *
 * Only the build that was approved is applied, with what was confirmed then; of any other build nothing is sent but what a
 * publish had begun. What it sends is what `plan` shows (invariant 1). `last` is the sweep before. Rejects as `applyPlan`.
 */
export async function sweepOnce(deps: PublishDeps, last: Sweep = {}): Promise<Sweep> {
  const head = await deps.store.ledger.head();
  if (!head) return {};
  if (head.actor.deleted !== undefined) {
    await finishAccountDeletion(deps);
    return {};
  }
  const parts = await deps.site.parts();
  const isSame = last.seen?.version === head.version && last.seen.parts === parts;
  if (isSame && deps.clock() < (last.nextAt ?? Number.POSITIVE_INFINITY)) return withoutSent(last);
  const found = await compareNow(deps, {});
  const { manifest, known, build } = found;
  if (!known) return {};
  const { ledger, version } = known;
  const approved = ledger.approved?.content === manifest.content ? ledger.approved : undefined;
  const options = planOptionsOf(deps.clock(), found);
  const plan = planPublish(manifest, ledger, options);
  const nextAt = await nextInstant(deps, plan);
  const next = nextAt === undefined ? {} : { nextAt };
  const said = say(deps, { plan, approved, manifest }, last.said);
  if (plan.unfinished.length === 0 && !(approved && hasWork(plan) && isDue(plan, deps.clock()))) {
    return { ...next, said, seen: { version, parts: build.parts } };
  }
  const sent = await applyPlan(deps, { plan, build, manifest, known, options }, { unfinishedOnly: !approved });
  logSent(deps, sent);
  return { ...next, said, sent };
}

/**
 * Sweeps at once, then every few seconds and at every instant that is known to bring something, until `signal` aborts. Rules
 * that are new are enforced before, and what changed without a build is told after. Never rejects: a fault is one log line,
 * and the next sweep begins anew.
 */
export async function runSweep(
  deps: PublishDeps,
  options: {
    readonly signal: AbortSignal;
    readonly everyMs?: number;
    /** Told what new rules dropped. */
    readonly onBlocked?: (blocked: Enforced) => void;
  },
): Promise<void> {
  const { signal, everyMs = EVERY_MS, onBlocked } = options;
  let last: Sweep = {};
  let lastFault = '';
  let enforced: Rules | undefined;
  while (!signal.aborted) {
    try {
      enforced = await enforceNew(deps, enforced, onBlocked);
      last = await sweepOnce(deps, last);
      await tellLive(deps);
      lastFault = '';
    } catch (fault) {
      const error = fault instanceof Error ? fault.message : String(fault);
      if (error !== lastFault) deps.log({ event: 'sweep.fault', level: 'error', error });
      lastFault = error;
      last = last.said === undefined ? {} : { said: last.said };
    }
    const until = (last.nextAt ?? Number.POSITIVE_INFINITY) - deps.clock();
    await sleep(Math.min(everyMs, Math.max(SHORTEST_MS, until)), undefined, { signal }).catch(() => undefined);
  }
}

/** The rules are the same value for as long as the build leaves them as they are. */
async function enforceNew(
  deps: PublishDeps,
  enforced: Rules | undefined,
  onBlocked?: (blocked: Enforced) => void,
): Promise<Rules> {
  const rules = await deps.site.rules();
  if (rules === enforced) return rules;
  const blocked = await enforceBlocks(deps, rules);
  if (isAnyGone(blocked)) onBlocked?.(blocked);
  return rules;
}

function logSent({ log }: PublishDeps, { activities, deliveries, quiet }: PublishReport): void {
  if (activities.length + quiet.length === 0) return;
  log({ event: 'sweep.sent', level: 'info', activities: activities.length, deliveries, quiet: quiet.length });
}

function withoutSent({ sent: _, ...rest }: Sweep): Sweep {
  return rest;
}

function isDue({ sendAt }: Plan, now: number): boolean {
  return sendAt === undefined || Date.parse(sendAt) <= now;
}

/** The end of the delay, the date of a post, or the next layer of the site, whichever comes first. */
async function nextInstant({ site, clock }: PublishDeps, plan: Plan): Promise<number | undefined> {
  const instants = [
    ...(plan.sendAt !== undefined && hasWork(plan) ? [Date.parse(plan.sendAt)] : []),
    ...plan.waiting.map(({ until }) => Date.parse(until)),
    ...(await site.scheduledParts()).map(({ at }) => at),
  ];
  const now = clock();
  return instants.filter((instant) => instant > now).toSorted((a, b) => a - b)[0];
}

interface Found {
  readonly plan: Plan;
  readonly approved: Approval | undefined;
  readonly manifest: Pick<ManifestHead, 'content'>;
}

/** One line when what waits or is held is not what it was. */
function say({ log, clock }: PublishDeps, { plan, approved, manifest }: Found, lastSaid: string | undefined): string {
  const { holds, activities, sendAt } = plan;
  const held = approved === undefined ? [] : holds.map(({ code, ids }) => ({ code, ids }));
  const waits = approved !== undefined && hasWork(plan) && !isDue(plan, clock());
  const ahead = plan.waiting.length;
  const isUnpublished = approved === undefined && (hasWork(plan) || ahead > 0);
  const unpublished = isUnpublished && [manifest.content, activities.length, ahead];
  const said = JSON.stringify([held, waits && [activities.length, sendAt], unpublished]);
  if (said === lastSaid) return said;
  for (const { code, ids } of held) {
    log({ event: 'sweep.held', level: 'warn', code, objects: ids.length, since: approved?.at });
  }
  if (waits) log({ event: 'sweep.waiting', level: 'info', activities: activities.length, until: sendAt });
  if (unpublished) log({ event: 'sweep.unpublished', level: 'info', activities: activities.length, ahead });
  return said;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { toTime } from '../federation/dates.ts';
import { releaseAt } from '../federation/hold-text.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { Manifest } from '../federation/manifest.ts';
import { type Plan, type PlannedActivity, planPublish } from '../federation/plan.ts';
import { isHeldWhole } from '../federation/whole-holds.ts';
import { approve } from './approve.ts';
import { compareNow } from './compare.ts';
import type { NotFederating } from './deployment.ts';
import {
  applyPlan,
  hasWork,
  type PreparedPlan,
  type PublishDeps,
  type PublishReport,
  planOptionsOf,
  preparePlan,
} from './publish.ts';
import { sweepOnce } from './sweep.ts';

/** Says why nothing may be sent now; undefined when it may. See `closedGate`. */
export type Gate = () => Promise<NotFederating | undefined>;

export interface PublishLiveOptions {
  readonly closed: Gate;
  /** How often to look whether the build went live, and how long to wait between. */
  readonly looks?: number;
  readonly pauseMs?: number;
}

/** A deploy that succeeded is live at once; what its visitors are shown may take some seconds. */
const LOOKS = 8;
const PAUSE_MS = 5_000;

/** What may be another answer after a while. */
const PASSING: ReadonlySet<NotFederating['why']> = new Set(['not-live', 'live-unknown']);

/**
 * Publishes the build that went live, as `npm run publish` does once it has built: plan, approval, sending. What is held is
 * not sent, and told in the log. Undefined when the gate stayed closed: a preview, a locked deploy, a rollback, another
 * site. Rejects as `applyPlan`; once more then goes on where it stopped.
 */
export async function publishLive(deps: PublishDeps, options: PublishLiveOptions): Promise<PublishReport | undefined> {
  const { closed, looks = LOOKS, pauseMs = PAUSE_MS } = options;
  let refused = await closed();
  for (let look = 1; refused && PASSING.has(refused.why) && look < looks; look += 1) {
    await sleep(pauseMs);
    refused = await closed();
  }
  if (refused) return logClosed(deps, refused);
  const prepared = await preparePlan(deps);
  logHolds(deps, prepared);
  const report = await applyPlan(deps, await approve(deps, prepared));
  deps.log({
    event: 'publish.done',
    level: 'info',
    baseline: report.baseline,
    activities: report.activities.length,
    deliveries: report.deliveries,
    quiet: report.quiet.length,
    held: prepared.plan.holds.length,
    ...(report.sendAt === undefined ? {} : { sendAt: report.sendAt }),
  });
  return report;
}

/**
 * Makes good what was missed: finishes what an approved build owes, and publishes a live build of which no event came.
 * Undefined when there was nothing to do, or it may not be done from here. Rejects as `applyPlan`.
 */
export async function reconcile(deps: PublishDeps, closed: Gate): Promise<PublishReport | undefined> {
  const owed = await whatIsOwed(deps);
  if (owed === 'nothing') return undefined;
  const refused = await closed();
  if (refused) return logClosed(deps, refused);
  if (owed === 'publish') return publishLive(deps, { closed: async () => undefined });
  return (await sweepOnce(deps)).sent;
}

/** What is left to do about the build that is here. */
export type Owed = 'nothing' | 'sweep' | 'publish';

/** Looks what is left to do; sends nothing. */
export async function whatIsOwed(deps: PublishDeps): Promise<Owed> {
  const found = await compareNow(deps, {});
  const { known, manifest } = found;
  if (!known) return 'publish';
  const { deleted, gone } = known.ledger.actor;
  if (deleted !== undefined) {
    // What was queued at that moment, however late, is still to be dropped.
    return gone !== undefined && (await deps.store.deliveries.nextDue()) === undefined ? 'nothing' : 'sweep';
  }
  const plan = planPublish(manifest, known.ledger, planOptionsOf(deps.clock(), found));
  if (plan.unfinished.length > 0) return 'sweep';
  if (known.ledger.approved?.content !== manifest.content)
    return mayPublishUnasked(plan, manifest, known.ledger) ? 'publish' : 'nothing';
  const isDue = plan.sendAt === undefined || Date.parse(plan.sendAt) <= deps.clock();
  return hasWork(plan) && isDue ? 'sweep' : 'nothing';
}

/**
 * Whether a live build that nobody announced is a newer one, and not an older that was put back. A rollback is not heard
 * of: it is known by its commit. Of the same commit a later build has more than an earlier, posts whose date has come, and
 * never less; and of what says nothing of its commit, nobody knows.
 */
function mayPublishUnasked(plan: Plan, { source }: Manifest, ledger: Ledger): boolean {
  if (isHeldWhole(plan)) return false;
  const built = toTime(source?.committedAt);
  if (built === undefined) return false;
  const told = toTime(ledger.source?.committedAt);
  if (told === undefined || built > told) return true;
  return built === told && plan.activities.length > 0 && plan.activities.every(({ type }) => COMES.has(type));
}

/** What a later build of the same commit may have more. */
const COMES: ReadonlySet<PlannedActivity['type']> = new Set(['Create', 'Like', 'Announce', 'QuoteRequest']);

function logHolds({ log }: PublishDeps, { plan }: Pick<PreparedPlan, 'plan'>): void {
  for (const { code, ids, why, release } of plan.holds) {
    // Who reads this has no other way in.
    const how = releaseAt(release, plan.origin);
    log({ event: 'publish.held', level: 'warn', code, objects: ids.length, why, release: how });
  }
}

function logClosed({ log }: PublishDeps, { why, facts }: NotFederating): undefined {
  log({ ...facts, event: 'publish.nothing-sent', level: PASSING.has(why) ? 'warn' : 'info', why });
}

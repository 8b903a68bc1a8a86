import { WITHOUT_DELAY } from '../federation/plan.ts';
import { type HeldFiles, type NotReleased, releaseNamed } from '../federation/release-named.ts';
import { isHeldWhole } from '../federation/whole-holds.ts';
import { approve } from './approve.ts';
import type { NotFederating } from './deployment.ts';
import { PosternError } from './errors.ts';
import type { Deps } from './ports.ts';
import { hasWork, type PreparedPlan, type PublishDeps, preparePlan } from './publish.ts';
import { type PlanReport, reportPlan } from './shown-plan.ts';

/** The owner's word for the build that is live. */
export interface PublishAsked {
  /** What the owner read of the live build: see `Manifest.content`. Of another build nothing is approved. */
  readonly content: string;
  /** Holds by code, and posts by any of their names. */
  readonly confirm: readonly string[];
  /** The profile's `sendAfter` is not waited for. */
  readonly now: boolean;
}

export type PublishAnswer =
  | {
      readonly kind: 'published';
      readonly report: PlanReport;
      /** Whether the owner's word for this build is written down: not when it is held as a whole. */
      readonly approved: boolean;
      /** Names of something that nothing holds. */
      readonly idle: readonly string[];
    }
  | { readonly kind: 'closed'; readonly why: NotFederating['why']; readonly facts: NotFederating['facts'] }
  /** What is served is not what the owner looked at. */
  | { readonly kind: 'other-build'; readonly live: string }
  | { readonly kind: 'not-released'; readonly fault: NotReleased }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string };

export type PublishAskedDeps = PublishDeps & Pick<Deps, 'hostWork'>;

/** Faults that the owner can do something about: two publishes at once, and keys that cannot be read. */
const TOLD: ReadonlySet<string> = new Set(['publish-conflict', 'build-changed', 'private-keys-malformed']);

/** A host that lives on and has nobody who sends: a look, or a blog whose origin is not the one that was told. */
const SENDS_NOTHING: NotFederating = { why: 'local-look', facts: {} };

/**
 * Publishes the live build by the owner's word: plans, releases what is confirmed, writes the approval down, and has the
 * host send what is due, which applies what this very plan shows (invariant 1). A name that means nothing, a gate that is
 * closed and another build than the owner's approve nothing. `most` bounds each list of the answer. Rejects for a fault of
 * our own side.
 */
export async function publishAsked(deps: PublishAskedDeps, asked: PublishAsked, most: number): Promise<PublishAnswer> {
  try {
    const refused = deps.hostWork ? await deps.hostWork.closed() : SENDS_NOTHING;
    if (refused) return { kind: 'closed', ...refused };
    const { content } = (await deps.site.parts()).head;
    if (content !== asked.content) return { kind: 'other-build', live: content };
    const found = await preparePlan(deps, { whole: asked.confirm.length > 0 });
    if (found.manifest.content !== asked.content) return { kind: 'other-build', live: found.manifest.content };
    return await release(deps, found, asked, most);
  } catch (fault) {
    if (!(fault instanceof PosternError) || !TOLD.has(fault.code)) throw fault;
    return { kind: 'failed', code: fault.code, message: fault.message, hint: fault.hint };
  }
}

async function release(
  deps: PublishAskedDeps,
  found: PreparedPlan,
  { confirm, now }: PublishAsked,
  most: number,
): Promise<PublishAnswer> {
  const ledger = found.known?.ledger;
  const withNow = new Set([...(found.options.confirm ?? []), ...(now ? [WITHOUT_DELAY] : [])]);
  const from = { manifest: found.manifest, ledger, options: { ...found.options, confirm: withNow } };
  const released = releaseNamed(from, confirm);
  if (released.kind !== 'released') return { kind: 'not-released', fault: bounded(released) };
  const { plan, options, idle } = released;
  const prepared = { ...found, plan, options };
  // With the baseline, which the host writes, everything that is live counts as published.
  if (!plan.baseline) await approve(deps, prepared);
  const approved = !isHeldWhole(plan);
  const isDue = plan.sendAt === undefined || Date.parse(plan.sendAt) <= deps.clock();
  if (plan.baseline || plan.unfinished.length > 0 || (approved && isDue && hasWork(plan)))
    await deps.hostWork?.publish();
  return { kind: 'published', report: reportPlan(prepared, most), approved, idle };
}

/** Five of each are shown. */
const MOST_SOURCES = 6;

function bounded(fault: NotReleased): NotReleased {
  if (fault.kind === 'not-by-word') {
    const { code, why, release: how } = fault.hold;
    return { ...fault, hold: { code, why, release: how } };
  }
  const held = fault.held.map(({ code, sources }): HeldFiles => ({ code, sources: sources.slice(0, MOST_SOURCES) }));
  return { ...fault, held };
}

import type { Audience } from '../federation/audience.ts';
import type { Ledger } from '../federation/ledger.ts';
import { baselineLedger, quietAfter } from '../federation/ledger-entry.ts';
import type { Manifest } from '../federation/manifest.ts';
import {
  type HoldCode,
  type Plan,
  type PlannedActivity,
  type PlanOptions,
  planPublish,
  type QuietChange,
} from '../federation/plan.ts';
import { isHeldWhole, sourceAfter } from '../federation/whole-holds.ts';
import { buildPlanned } from './build-planned.ts';
import {
  type Build,
  type CompareOptions,
  compareAgain,
  compareNow,
  conflictError,
  type KnownLedger,
  MOST_CONFLICTS,
} from './compare.ts';
import { type Enforced, enforceBlocks, isAnyGone } from './enforce-blocks.ts';
import { forgetUnfollowed } from './forget-unfollowed.ts';
import { readAudience, readListeners } from './listeners.ts';
import { keyOf, keyOfQuiet, shownBy } from './plan-keys.ts';
import type { Deps } from './ports.ts';
import type { LedgerChange } from './store/store.ts';
import { finishSending, type Queued, type Telling, tell } from './tell.ts';

export type PublishDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

/** A plan with all it was made from, so that it is applied to what it was made for. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly build: Build;
  /** Of build and ledger, the objects that the plan looked at: see `compare`. */
  readonly manifest: Manifest;
  readonly known: KnownLedger | undefined;
  readonly options: PlanOptions;
  /** Who would get each activity: the numbers of followers, inboxes and servers. */
  readonly audience: Audience;
  /** What was shown, where `plan` had to be made again since: no more than that is sent (invariant 1). */
  readonly shown?: ReadonlySet<string>;
}

/** What a publish did. `deliveries` counts the new ones: a rerun finds its own in the queue already. */
export interface PublishReport {
  readonly baseline: boolean;
  readonly activities: readonly string[];
  readonly deliveries: number;
  readonly followers: number;
  readonly servers: number;
  /** Ids of objects that only the ledger took. */
  readonly quiet: readonly string[];
  /** What the blocks of this build dropped, when there was something. */
  readonly blocked?: Enforced;
  /** When the rest is sent, while the profile's `sendAfter` keeps it back. RFC 3339 UTC. */
  readonly sendAt?: string;
}

export interface ApplyOptions {
  /** The owner waits for no `sendAfter`. */
  readonly sendNow?: boolean;
  /** Only finishes what an interrupted publish had begun. */
  readonly unfinishedOnly?: boolean;
  readonly onProgress?: (queued: Queued) => void;
}

/** Activities that are told with one write to the ledger: enough to be fast, few enough to lose little work. */
const CHUNK = 50;

/** Holds under which nothing at all is sent, not even what was begun. */
const SILENT: ReadonlySet<HoldCode> = new Set(['other-origin', 'account-deleted']);

/** What the owner decides; the rest of the options is read from site and ledger. */
export type PrepareOptions = Omit<PlanOptions, 'now' | 'scheduled' | 'approvedAt'>;

/**
 * Plans the next publish of the built site. Of the site and the ledger it reads what differs; with `whole` everything, for
 * whoever looks for a post in what was prepared. Writes nothing.
 */
export async function preparePlan(
  deps: PublishDeps,
  { whole = false, ...options }: PrepareOptions & Pick<CompareOptions, 'whole'> = {},
): Promise<PreparedPlan> {
  const found = await compareNow(deps, { whole, ...options });
  const planOptions = planOptionsOf(deps.clock(), found, options);
  const plan = planPublish(found.manifest, found.known?.ledger, planOptions);
  return { ...found, plan, options: planOptions, audience: await readAudience(deps) };
}

interface PlannedFrom {
  readonly manifest: Pick<Manifest, 'content'>;
  readonly known: { readonly ledger: Pick<Ledger, 'approved'> } | undefined;
  readonly build: Pick<Build, 'scheduled' | 'blocks'>;
}

/**
 * Completes the options of a plan: what comes later, and the owner's word for this very build, if it was given: since when,
 * and what was released with it.
 */
export function planOptionsOf(
  now: number,
  { manifest, known, build }: PlannedFrom,
  options: PrepareOptions = {},
): PlanOptions {
  const approval = known?.ledger.approved;
  const approved = approval?.content === manifest.content ? approval : undefined;
  return {
    ...options,
    now,
    confirm: new Set([...(options.confirm ?? []), ...(approved?.confirmed ?? [])]),
    scheduled: build.scheduled,
    ...(build.blocks ? { blocks: build.blocks } : {}),
    ...(approved === undefined ? {} : { approvedAt: Date.parse(approved.at) }),
  };
}

/**
 * Sends what `prepared` shows and is due, and nothing else: stores each activity, tells the ledger, queues the deliveries.
 *
 * An interrupted publish is finished first. Before the plan's `sendAt` nothing else happens, unless `sendNow`. When
 * another process changed the ledger meanwhile, the plan is made again and only what was shown before is sent (invariant
 * 1); when the owner published another build meanwhile, the rest is left to that one. Rejects with `publish-conflict`,
 * `build-changed`, `object-missing`, or what the store throws; running it again then goes on where it stopped, with the
 * same ids (invariants 2 and 8).
 */
export async function applyPlan(
  deps: PublishDeps,
  prepared: Omit<PreparedPlan, 'audience'>,
  options: ApplyOptions = {},
): Promise<PublishReport> {
  const { plan, build } = prepared;
  const { origin } = prepared.manifest;
  if (plan.baseline) return beginLedger(deps, prepared);
  // Who is blocked by this build hears nothing of it.
  const blocked = isSilent(plan) ? undefined : await enforceBlocks(deps, await deps.site.rules());
  const listeners = await readListeners(deps);
  const report = {
    ...emptyReport(listeners.audience),
    ...(blocked && isAnyGone(blocked) ? { blocked } : {}),
    activities: [] as string[],
    quiet: [] as string[],
  };
  const onQueued = (queued: Queued) => {
    report.activities.push(queued.activityId);
    report.deliveries += queued.deliveries;
    options.onProgress?.(queued);
  };
  const waits = !options.sendNow && plan.sendAt !== undefined && Date.parse(plan.sendAt) > deps.clock();
  const shown = prepared.shown ?? shownBy(plan);
  const unfinishedOnly = waits || options.unfinishedOnly === true;
  const begun = { deps, listeners, onQueued };
  const confirm = prepared.options.confirm ?? new Set<string>();
  const limits = { shown, unfinishedOnly, confirm, onQuiet: (ids: readonly string[]) => report.quiet.push(...ids) };
  let { manifest, known } = prepared;
  for (let conflicts = 0; known; conflicts += 1) {
    if (conflicts > MOST_CONFLICTS) throw conflictError(origin);
    // The first round applies the plan as it was shown; a later one what is left of it.
    const next = conflicts === 0 ? plan : planPublish(manifest, known.ledger, prepared.options);
    if (await applyOnce({ ...begun, known }, { manifest, build, plan: next }, limits)) {
      const isUnfollowing = plan.activities.some((planned) => planned.type === 'Undo' && planned.of === 'Follow');
      if (isUnfollowing) await forgetUnfollowed(deps);
      return waits && hasWork(plan) ? { ...report, sendAt: plan.sendAt } : report;
    }
    deps.log({ event: 'publish.conflict', level: 'info', origin });
    const again = await compareAgain(deps, { known, build }, { confirm });
    if (!again) return report;
    ({ manifest, known } = again);
  }
  return report;
}

interface ApplyLimits {
  readonly shown: ReadonlySet<string>;
  readonly unfinishedOnly: boolean;
  /** What the owner released. */
  readonly confirm: ReadonlySet<string>;
  /** Told once the ledger has them. */
  readonly onQuiet: (ids: readonly string[]) => void;
}

/** False when another process changed the ledger: what was not told by then is to be planned again. */
async function applyOnce(
  telling: Telling,
  { manifest, build, plan }: Pick<PreparedPlan, 'manifest' | 'build' | 'plan'>,
  limits: ApplyLimits,
): Promise<boolean> {
  if (isSilent(plan)) return true;
  let current: Telling | undefined = telling;
  if (plan.unfinished.length > 0) current = await finishSending(current, plan.unfinished);
  if (!current) return false;
  // A build that is held as a whole leaves no mark in the ledger.
  if (limits.unfinishedOnly || isHeldWhole(plan)) return true;
  const { store } = telling.deps;
  const activities = plan.activities.filter((planned) => limits.shown.has(keyOf(planned)));
  const quiet = plan.quiet.filter((change) => limits.shown.has(keyOfQuiet(change)));
  const change = quietChange(manifest, current.known.ledger, { quiet, confirm: limits.confirm });
  const onSwapped = () => limits.onQuiet(quiet.map(({ entry }) => entry.id));
  if (activities.length === 0) {
    const isNothing = Object.keys(change).length === 0;
    if (isNothing) return true;
    if ((await store.ledger.compareAndSwap(current.known.version, change)) === undefined) return false;
    onSwapped();
  }
  for (const [n, chunk] of chunksOf(activities).entries()) {
    if (!current) return false;
    const { store, site, clock } = telling.deps;
    const built = await buildPlanned({ store, site, clock, ledger: current.known.ledger }, build.parts, chunk);
    current = await (n === 0 ? tell(current, built, change, onSwapped) : tell(current, built));
  }
  return current !== undefined;
}

/**
 * A Move is alone: the actor has one mark, which its Update may have. Requests to quote come once the ledger has the posts
 * that quote, whose dates they tell.
 */
function chunksOf(activities: readonly PlannedActivity[]): PlannedActivity[][] {
  const chunks: PlannedActivity[][] = [];
  for (const planned of activities) {
    const last = chunks.at(-1);
    const begins = planned.type === 'QuoteRequest' && last?.[0]?.type !== 'QuoteRequest';
    if (last && last.length < CHUNK && planned.type !== 'Move' && !begins) last.push(planned);
    else chunks.push([planned]);
  }
  return chunks;
}

/** What the ledger takes without a word to anybody: where the build comes from, and the quiet changes. */
function quietChange(
  manifest: Manifest,
  ledger: Ledger,
  { quiet, confirm }: { quiet: readonly QuietChange[]; confirm: ReadonlySet<string> },
): LedgerChange {
  const objects = quiet.map((change) => quietAfter(change, ledger.objects.get(change.entry.id)));
  return { ...sourceChange(manifest, ledger, confirm), ...(objects.length > 0 ? { objects } : {}) };
}

async function beginLedger(
  deps: PublishDeps,
  { plan, manifest, options }: Pick<PreparedPlan, 'plan' | 'manifest' | 'options'>,
): Promise<PublishReport> {
  const ledger = {
    ...baselineLedger(manifest, new Set(plan.waiting.map(({ id }) => id)), options.now),
    // With the baseline the owner publishes what there is: what is dated ahead goes out at its time.
    approved: { content: manifest.content, at: new Date(options.now).toISOString(), confirmed: [] },
  };
  const baseline = await deps.store.ledger.begin(ledger);
  deps.log({
    event: 'publish.baseline',
    level: 'info',
    origin: plan.origin,
    objects: ledger.objects.size,
    first: baseline,
  });
  return { ...emptyReport(await readAudience(deps)), baseline };
}

function emptyReport({ followers, servers }: Audience): PublishReport {
  return { baseline: false, activities: [], deliveries: 0, followers, servers, quiet: [] };
}

/** True when there is something to tell, or to take quietly. */
export function hasWork(plan: Plan): boolean {
  return plan.activities.length + plan.quiet.length > 0;
}

function isSilent({ holds }: Plan): boolean {
  return holds.some(({ code }) => SILENT.has(code));
}

/** Where the build comes from, when the ledger is to take it as the newest that was published. */
export function sourceChange(
  manifest: Manifest,
  ledger: Ledger,
  confirm: ReadonlySet<string>,
): { source?: NonNullable<Manifest['source']> } {
  const source = sourceAfter(manifest, ledger, confirm);
  const isKnown = source?.commit === ledger.source?.commit && source?.committedAt === ledger.source?.committedAt;
  return source && !isKnown ? { source } : {};
}

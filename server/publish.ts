import { type Audience, foldInboxes } from '../federation/audience.ts';
import type { Ledger } from '../federation/ledger.ts';
import { baselineLedger } from '../federation/ledger-entry.ts';
import type { Manifest } from '../federation/manifest.ts';
import { type Plan, type PlannedActivity, type PlanOptions, planPublish } from '../federation/plan.ts';
import { buildPlanned } from './build-planned.ts';
import { PosternError } from './errors.ts';
import type { Deps } from './ports.ts';
import { finishSending, type Queued, type Telling, tell } from './tell.ts';

export type PublishDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

/** A plan with all it was made from, so that it is applied to what it was made for. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly known: { readonly ledger: Ledger; readonly version: number } | undefined;
  readonly options: PlanOptions;
  /** Who would get each activity: the numbers of followers, inboxes and servers. */
  readonly audience: Audience;
}

/** What a publish did. `deliveries` counts the new ones: a rerun finds its own in the queue already. */
export interface PublishReport {
  readonly baseline: boolean;
  readonly activities: readonly string[];
  readonly deliveries: number;
  readonly followers: number;
  readonly servers: number;
}

/** Activities that are told with one write to the ledger: enough to be fast, few enough to lose little work. */
const CHUNK = 50;

/** Each conflict means that another publish got further, so a handful is many. */
const MOST_CONFLICTS = 20;

/** Plans the next publish of the built site. Reads the manifest, the ledger and the followers once each; writes nothing. */
export async function preparePlan(deps: PublishDeps, options: Omit<PlanOptions, 'now'> = {}): Promise<PreparedPlan> {
  const manifest = await deps.site.manifest();
  const known = await deps.store.ledger.read();
  const planOptions = { ...options, now: deps.clock() };
  const plan = planPublish(manifest, known?.ledger, planOptions);
  return { plan, manifest, known, options: planOptions, audience: await readAudience(deps) };
}

/**
 * Sends what `prepared` shows, and nothing else: stores each activity, tells the ledger, queues the deliveries.
 *
 * An interrupted publish is finished first. When another process changed the ledger meanwhile, the plan is made again
 * and only what was shown before is sent (invariant 1). Rejects with `publish-conflict`, `build-changed`, `object-missing`, or what
 * the store throws; running it again then goes on where it stopped, with the same ids (invariants 2 and 8).
 */
export async function applyPlan(
  deps: PublishDeps,
  prepared: PreparedPlan,
  options: { onProgress?: (queued: Queued) => void } = {},
): Promise<PublishReport> {
  const { plan, manifest } = prepared;
  if (plan.baseline) return beginLedger(deps, prepared);
  const audience = await readAudience(deps);
  const report = {
    baseline: false,
    activities: [] as string[],
    deliveries: 0,
    followers: audience.followers,
    servers: audience.servers,
  };
  if (plan.holds.some(({ code }) => code === 'other-origin')) return report;
  const onQueued = (queued: Queued) => {
    report.activities.push(queued.activityId);
    report.deliveries += queued.deliveries;
    options.onProgress?.(queued);
  };
  const shown = new Set(plan.activities.map(keyOf));
  let known = prepared.known;
  for (let conflicts = 0; known; conflicts += 1) {
    if (conflicts > MOST_CONFLICTS) throw conflictError(manifest);
    // The first round applies the plan as it was shown; a later one what is left of it.
    const next = conflicts === 0 ? plan : planPublish(manifest, known.ledger, prepared.options);
    const telling = { deps, audience, known, onQueued };
    if (await applyOnce(telling, manifest, next, shown)) return report;
    deps.log({ event: 'publish.conflict', level: 'info', origin: manifest.origin });
    known = await deps.store.ledger.read();
  }
  return report;
}

/** False when another process changed the ledger: what was not told by then is to be planned again. */
async function applyOnce(
  telling: Telling,
  manifest: Manifest,
  plan: Plan,
  shown: ReadonlySet<string>,
): Promise<boolean> {
  let current: Telling | undefined = telling;
  if (plan.unfinished.length > 0) current = await finishSending(current, plan.unfinished);
  // A build that is held as a whole leaves no mark in the ledger.
  if (current && plan.holds.some(({ code }) => code === 'older-build' || code === 'other-origin')) return true;
  const activities = plan.activities.filter((planned) => shown.has(keyOf(planned)));
  const source = sourceChange(manifest, telling.known.ledger);
  for (let start = 0; current && start < activities.length; start += CHUNK) {
    const built = await buildPlanned(telling.deps.site, manifest, activities.slice(start, start + CHUNK));
    current = await tell(current, built, source);
  }
  if (!current) return false;
  if (activities.length > 0 || !source.source) return true;
  return (await telling.deps.store.ledger.compareAndSwap(current.known.version, source)) !== undefined;
}

async function beginLedger(deps: PublishDeps, { plan, manifest, audience }: PreparedPlan): Promise<PublishReport> {
  const ledger = baselineLedger(manifest, new Set(plan.waiting.map(({ id }) => id)));
  const baseline = await deps.store.ledger.begin(ledger);
  deps.log({
    event: 'publish.baseline',
    level: 'info',
    origin: plan.origin,
    objects: ledger.objects.size,
    first: baseline,
  });
  return { baseline, activities: [], deliveries: 0, followers: audience.followers, servers: audience.servers };
}

async function readAudience(deps: PublishDeps): Promise<Audience> {
  const followers = [];
  for await (const { inbox, sharedInbox } of deps.store.followers.all()) {
    followers.push(sharedInbox === undefined ? { inbox } : { inbox, sharedInbox });
  }
  return foldInboxes(followers);
}

/** What a planned activity says, without its times: equal for the same change in a plan that is made again. */
function keyOf(planned: PlannedActivity): string {
  switch (planned.type) {
    case 'Create':
    case 'Update':
      return `${planned.type} ${planned.entry.id} ${planned.entry.digest}`;
    case 'Delete':
      return `Delete ${planned.id}`;
    case 'UpdateActor':
      return `UpdateActor ${planned.digest}`;
    default:
      return planned satisfies never;
  }
}

function sourceChange(manifest: Manifest, ledger: Ledger): { source?: NonNullable<Manifest['source']> } {
  const { source } = manifest;
  const isKnown = source?.commit === ledger.source?.commit && source?.committedAt === ledger.source?.committedAt;
  return source && !isKnown ? { source } : {};
}

function conflictError(manifest: Manifest): PosternError {
  return new PosternError('publish-conflict', `the ledger of ${manifest.origin} kept changing while it was published`, {
    hint: 'another publish is running; wait for it to end, then publish again',
    facts: { origin: manifest.origin },
  });
}

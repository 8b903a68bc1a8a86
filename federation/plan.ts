import { comesAt, HOME_TIMELINE_WINDOW, isSamePublished, publishedAt, toSeconds, toTime, updatedAt } from './dates.ts';
import { DEFAULT_LIMITS, holdAmounts, holdRenames, holdTombstones, holdWhole, type Limits } from './holds.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';

/** One thing the next publish would send. */
export type PlannedActivity =
  | { readonly type: 'Create'; readonly entry: ManifestObject; readonly published: string; readonly why: string }
  | {
      readonly type: 'Update';
      readonly entry: ManifestObject;
      readonly published: string;
      /** Always later than what was told before. */
      readonly updated: string;
      readonly revision: number;
      readonly why: string;
    }
  | {
      readonly type: 'Delete';
      readonly id: string;
      readonly formerType: 'Article' | 'Note';
      readonly title: string;
      readonly deleted: string;
      readonly why: string;
    }
  | {
      readonly type: 'UpdateActor';
      readonly digest: string;
      readonly revision: number;
      readonly updated: string;
      readonly why: string;
    };

export type HoldCode = Hold['code'];

/** A change that is not sent unasked, and what releases it. */
export interface Hold {
  readonly code:
    | 'older-build'
    | 'other-origin'
    | 'tombstoned-id'
    | 'rename-without-id'
    | 'many-creates'
    | 'many-updates'
    | 'many-deletes'
    | 'shrunk'
    | 'backdated'
    | 'postponed'
    | 'visibility-changed'
    | 'identity-changed'
    | 'account-deleted';
  readonly ids: readonly string[];
  readonly why: string;
  readonly release: string;
}

/** A change that only the ledger takes: nothing is sent. */
export interface QuietChange {
  readonly entry: ManifestObject;
  readonly why: string;
}

/** A post whose date has not come: it is in no page and no document, and goes out by itself at `until` (RFC 3339 UTC). */
export interface Waiting {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly until: string;
}

/** An activity that an interrupted publish had begun to send: the next one finishes it first. */
export interface Unfinished {
  readonly activityId: string;
  /** The object's id, or the actor's. */
  readonly id: string;
  readonly title: string;
}

/** The ordered list of activities that would make the ledger equal to the manifest, and what is held and why. */
export interface Plan {
  readonly origin: string;
  /** True when federation begins with this publish: everything becomes baseline and nothing is sent. */
  readonly baseline: boolean;
  /** In the order in which they are sent: the actor, then Deletes, Updates and Creates, each oldest first. */
  readonly activities: readonly PlannedActivity[];
  readonly holds: readonly Hold[];
  readonly quiet: readonly QuietChange[];
  /** When `activities` are sent, if that is later than now: the profile's `sendAfter`. RFC 3339 UTC. */
  readonly sendAt?: string;
  readonly waiting: readonly Waiting[];
  readonly unfinished: readonly Unfinished[];
}

export interface PlanOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The holds that the owner releases. `other-origin` and `tombstoned-id` cannot be released. */
  readonly confirm?: ReadonlySet<HoldCode>;
  readonly limits?: Partial<Limits>;
}

/**
 * Plans what the next publish sends: what the manifest says and the ledger does not (CONTRIBUTING, Paths, Publish).
 *
 * New object → Create; changed digest → Update; object gone from the build → Delete; changed actor → Update of the
 * actor. Without a ledger everything becomes baseline and nothing is sent (invariant 6). A change that is held is in
 * `holds` and never in `activities` (invariants 3 to 5); a post whose date has not come is in `waiting`. Pure: equal
 * arguments give an equal plan. Never fails.
 */
export function planPublish(manifest: Manifest, ledger: Ledger | undefined, options: PlanOptions): Plan {
  const { now } = options;
  const waiting = manifest.objects
    .filter((entry) => !ledger?.objects.has(entry.id) && comesAt(entry) > now)
    .map(toWaiting);
  const plan: Plan = { origin: manifest.origin, baseline: false, activities: [], holds: [], waiting, unfinished: [] };
  if (!ledger) return { ...plan, baseline: true };
  const confirmed = options.confirm ?? new Set<HoldCode>();
  const whole = holdWhole(manifest, ledger, confirmed);
  if (whole?.code === 'other-origin') return { ...plan, holds: [whole] };
  const unfinished = findUnfinished(ledger);
  if (whole) return { ...plan, holds: [whole], unfinished };
  const changes = diff(manifest, ledger, new Set(waiting.map((entry) => entry.id)));
  const tombstones = holdTombstones(changes.restored, ledger);
  const renames = holdRenames(changes, confirmed);
  const amounts = holdAmounts(renames.changes, ledger, { ...DEFAULT_LIMITS, ...options.limits }, confirmed);
  const { added, changed, removed } = amounts.changes;
  const activities = [
    ...planActor(manifest, ledger, now),
    ...removed.toSorted(byAge).map((object) => planDelete(object, now)),
    ...changed.toSorted((a, b) => byAge(a.entry, b.entry)).map(({ entry, told }) => planUpdate(entry, told, now)),
    ...added.toSorted(byAge).map((entry) => planCreate(entry, now)),
  ];
  return { ...plan, activities, holds: [...tombstones, ...renames.holds, ...amounts.holds], unfinished };
}

/** How a manifest differs from a ledger, before any hold. */
export interface Changes {
  readonly added: readonly ManifestObject[];
  readonly changed: readonly { readonly entry: ManifestObject; readonly told: LedgerObject }[];
  readonly removed: readonly LedgerObject[];
  /** In the build again under an id that was deleted. */
  readonly restored: readonly ManifestObject[];
  /** New, with a date that has not come. */
  readonly waiting: readonly ManifestObject[];
}

function diff(manifest: Manifest, ledger: Ledger, waiting: ReadonlySet<string>): Changes {
  const added: ManifestObject[] = [];
  const changed: { entry: ManifestObject; told: LedgerObject }[] = [];
  const restored: ManifestObject[] = [];
  const notYet: ManifestObject[] = [];
  const present = new Set<string>();
  for (const entry of manifest.objects) {
    if (present.has(entry.id)) continue;
    present.add(entry.id);
    const told = ledger.objects.get(entry.id);
    if (told?.state === 'deleted') restored.push(entry);
    else if (told && told.digest !== entry.digest) changed.push({ entry, told });
    else if (!told) (waiting.has(entry.id) ? notYet : added).push(entry);
  }
  const removed = [...ledger.objects.values()].filter(
    (object) => object.state !== 'deleted' && !present.has(object.id),
  );
  return { added, changed, removed, restored, waiting: notYet };
}

function planActor(manifest: Manifest, ledger: Ledger, now: number): PlannedActivity[] {
  if (manifest.actor.digest === ledger.actor.digest) return [];
  return [
    {
      type: 'UpdateActor',
      digest: manifest.actor.digest,
      revision: ledger.actor.revision + 1,
      updated: toSeconds(now),
      why: 'the profile changed',
    },
  ];
}

function planCreate(entry: ManifestObject, now: number): PlannedActivity {
  const published = publishedAt(entry, now);
  const late = now - (toTime(published) ?? now) > HOME_TIMELINE_WINDOW;
  const why = late
    ? `new; its date, ${published}, is more than 6 hours ago: Mastodon puts it into no home timeline`
    : 'new';
  return { type: 'Create', entry, published, why };
}

function planUpdate(entry: ManifestObject, told: LedgerObject, now: number): PlannedActivity {
  const moved = !isSamePublished(told.published, entry) && comesAt(entry) <= now;
  const published = moved ? publishedAt(entry, now) : told.published;
  const updated = updatedAt(told, { published, ...(entry.updated ? { updated: entry.updated } : {}) }, now);
  const why = told.state === 'baseline' ? 'changed since federation began' : 'changed since it was sent';
  return { type: 'Update', entry, published, updated, revision: told.revision + 1, why };
}

function planDelete(object: LedgerObject, now: number): PlannedActivity {
  const { id, type: formerType, title } = object;
  return {
    type: 'Delete',
    id,
    formerType,
    title,
    deleted: toSeconds(now),
    why: `${object.source} is no longer in the build`,
  };
}

function findUnfinished(ledger: Ledger): Unfinished[] {
  const { actor } = ledger;
  const unfinished: Unfinished[] = actor.sending ? [{ activityId: actor.sending, id: actor.id, title: 'profile' }] : [];
  for (const { sending, id, title } of ledger.objects.values())
    if (sending) unfinished.push({ activityId: sending, id, title });
  return unfinished;
}

function toWaiting(entry: ManifestObject): Waiting {
  return { id: entry.id, title: entry.title, source: entry.source, until: toSeconds(comesAt(entry)) };
}

function byAge(a: { published: string; id: string }, b: { published: string; id: string }): number {
  const difference = (toTime(a.published) ?? 0) - (toTime(b.published) ?? 0);
  if (difference !== 0) return difference;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

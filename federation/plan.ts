import { arrivalOf, findChanges, type Places, placeObjects, type ScheduledObject } from './changes.ts';
import { DAY, toSeconds } from './dates.ts';
import { holdMove } from './deed-holds.ts';
import { holdChanges } from './holds.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { DeedType, Manifest, ManifestObject, PostType } from './manifest.ts';
import { planActivities } from './planned-activities.ts';
import type { Blocks } from './rules.ts';
import { holdWhole } from './whole-holds.ts';

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
      readonly formerType: PostType;
      readonly title: string;
      readonly deleted: string;
      readonly why: string;
    }
  | {
      readonly type: 'UpdateActor';
      readonly digest: string;
      readonly username: string;
      readonly keyDigest: string;
      readonly revision: number;
      readonly updated: string;
      /** Of an account that has moved: the Update says so too. */
      readonly movedTo?: string;
      readonly why: string;
    }
  | {
      /** A deed is done, or done again: `revision` says how often it was done before. */
      readonly type: DeedType;
      readonly entry: ManifestObject;
      readonly revision: number;
      readonly published: string;
      readonly why: string;
    }
  | {
      readonly type: 'Undo';
      readonly of: DeedType;
      /** The deed's. */
      readonly id: string;
      readonly object: string;
      /** Empty when the ledger does not tell, as from afar. */
      readonly title: string;
      /** Of the activity that is undone. */
      readonly revision: number;
      readonly visibility: 'public' | 'unlisted';
      /** As it was told. */
      readonly published: string;
      readonly deleted: string;
      readonly why: string;
    }
  | {
      readonly type: 'Move';
      /** The actor to which the account moves. */
      readonly target: string;
      readonly revision: number;
      readonly published: string;
      readonly why: string;
    };

export type HoldCode = Hold['code'];

/** A change that is not sent unasked, and what releases it. What is in `ids` is in no other hold and is not sent. */
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
    | 'account-deleted'
    | 'account-move'
    | 'poll-changed'
    | 'unresolved';
  readonly ids: readonly string[];
  readonly why: string;
  readonly release: string;
}

/** A change that only the ledger takes: nothing is sent. `gone`: a deed that is forgotten, and when (RFC 3339 UTC). */
export type QuietChange =
  | { readonly entry: ManifestObject; readonly gone?: never; readonly why: string }
  | { readonly entry: LedgerObject; readonly gone: string; readonly why: string };

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
  /** In the order in which they are sent: the actor, then Deletes and Undos, Updates, Creates, deeds, and the Move. */
  readonly activities: readonly PlannedActivity[];
  readonly holds: readonly Hold[];
  readonly quiet: readonly QuietChange[];
  /** When `activities` are sent and `quiet` is written, if that is later than now: `sendAfter`. RFC 3339 UTC. */
  readonly sendAt?: string;
  readonly waiting: readonly Waiting[];
  readonly unfinished: readonly Unfinished[];
  /** Of a baseline: the handles of those whom the next publish follows, for nobody is followed quietly. */
  readonly follows?: readonly string[];
}

export interface PlanOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * What the owner releases: codes of holds, and ids of objects, each of which releases that object alone from any hold.
   * See `RELEASABLE` of federation/holds; and `WITHOUT_DELAY`.
   */
  readonly confirm?: ReadonlySet<string>;
  /** What later layers of the site add; what the build has already is passed over. See `scheduledObjects`. */
  readonly scheduled?: readonly ScheduledObject[];
  /** When the owner published this build, in milliseconds since the epoch. Absent: now. */
  readonly approvedAt?: number;
  /** Whom the owner blocks: they are not followed. */
  readonly blocks?: Blocks;
}

const NONE: ReadonlySet<string> = new Set();

/** What is told of the actor. */
const OF_ACTOR: ReadonlySet<string> = new Set<PlannedActivity['type']>(['UpdateActor', 'Move']);

/** Among what is confirmed: the profile's `sendAfter` is not waited for. No hold and no id is called so. */
export const WITHOUT_DELAY = 'sendAfter';

/**
 * Plans what the next publish sends: what the manifest says and the ledger does not (CONTRIBUTING, Paths, Publish).
 *
 * New object → Create; changed digest → Update; object gone from the build → Delete; changed actor → Update of the
 * actor. A deed that is new → its activity; one that is gone → Undo; an account that moves → Move. Without a ledger everything becomes baseline and nothing is sent (invariant 6). A change that is held is in
 * `holds` and never in `activities` (invariants 3 to 5); one that only the ledger takes is in `quiet`; a post whose date
 * has not come is in `waiting`. Pure: equal arguments give an equal plan. Never fails.
 */
export function planPublish(manifest: Manifest, ledger: Ledger | undefined, options: PlanOptions): Plan {
  const { now, confirm = NONE, scheduled = [] } = options;
  const approvedAt = Math.min(options.approvedAt ?? now, now);
  const { limits, sendAfterMs } = manifest.policy;
  const places = placeObjects(manifest, ledger, { now, scheduled });
  const plan: Plan = {
    origin: manifest.origin,
    baseline: false,
    activities: [],
    holds: [],
    quiet: [],
    // A request to quote comes with its post.
    waiting: places.waiting.filter(({ type }) => type !== 'QuoteRequest').map(toWaiting),
    unfinished: [],
  };
  if (!ledger) return { ...plan, baseline: true, ...followsIn(places) };
  const whole = holdWhole(manifest, ledger, confirm);
  if (whole.some(({ code }) => code === 'other-origin')) return { ...plan, holds: whole };
  const unfinished = findUnfinished(ledger);
  if (whole.some(({ code }) => code === 'account-deleted')) return { ...plan, holds: whole, waiting: [], unfinished };
  if (whole.length > 0) return { ...plan, holds: whole, unfinished };
  // What `sendAfter` kept back is as fresh as it was when it was published.
  const freshFrom = approvedAt - DAY - sendAfterMs;
  const found = findChanges(places, ledger, { freshFrom, released: confirm, blocks: options.blocks });
  const { holds, changes } = holdChanges(found, { ledger, limits, confirm, freshFrom });
  const moves = holdMove(manifest, ledger, confirm);
  const planned = planActivities(manifest, ledger, changes, now);
  const activities = moves.length > 0 ? planned.filter(({ type }) => !OF_ACTOR.has(type)) : planned;
  const gone = toSeconds(now);
  const quiet = [
    ...changes.quiet.map(({ entry, why }): QuietChange => ({ entry, why })),
    ...changes.forgotten.map(({ told, why }): QuietChange => ({ entry: told, gone, why })),
  ];
  const sendAt = approvedAt + (confirm.has(WITHOUT_DELAY) ? 0 : sendAfterMs);
  const isDelayed = sendAt > now && activities.length + quiet.length > 0;
  return {
    ...plan,
    activities,
    holds: [...moves, ...holds],
    quiet,
    unfinished,
    ...(isDelayed ? { sendAt: toSeconds(Math.ceil(sendAt / 1000) * 1000) } : {}),
  };
}

/** An account that is deleted finishes telling that, and nothing else. */
function findUnfinished({ actor, objects }: Ledger): Unfinished[] {
  const unfinished: Unfinished[] = actor.sending ? [{ activityId: actor.sending, id: actor.id, title: 'profile' }] : [];
  if (actor.deleted !== undefined) return unfinished;
  for (const { sending, id, title } of objects.values())
    if (sending) unfinished.push({ activityId: sending, id, title });
  return unfinished;
}

function followsIn({ present }: Pick<Places, 'present'>): Pick<Plan, 'follows'> {
  const follows = [...present.values()].filter(({ type }) => type === 'Follow').map(({ title }) => title);
  return follows.length > 0 ? { follows } : {};
}

function toWaiting(entry: ScheduledObject): Waiting {
  return { id: entry.id, title: entry.title, source: entry.source, until: toSeconds(arrivalOf(entry)) };
}

import type { Changes, Removal } from './changes.ts';
import { comesAt, HOME_TIMELINE_WINDOW, isSamePublished, publishedAt, toSeconds, toTime, updatedAt } from './dates.ts';
import { isDeed, isDeedType } from './deeds.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { PlannedActivity } from './plan.ts';
import { isMoving, planDeeds, planMove, planUndo } from './planned-deeds.ts';

/**
 * Gives the activities that tell `changes`, in the order in which they are sent: the actor, Deletes and Undos, Updates,
 * Creates, deeds, each oldest first; and the Move at last, so that followers hear of all else before they leave. `now` is
 * milliseconds since the epoch. Never fails.
 */
export function planActivities(manifest: Manifest, ledger: Ledger, changes: Changes, now: number): PlannedActivity[] {
  const { added, changed, removed } = changes;
  const actor = planActor(manifest, ledger, now);
  const posts = [
    ...changed.toSorted((a, b) => byAge(a.entry, b.entry)).map(({ entry, told }) => planUpdate(entry, told, now)),
    // By the dates that are told: what is dated today without a time is as new as can be.
    ...added
      .filter((entry) => !isDeed(entry))
      .map((entry) => planCreate(entry, ledger, now))
      .sort((a, b) => byAge({ ...a.entry, published: a.published }, { ...b.entry, published: b.published })),
  ];
  return [
    ...actor,
    ...removed.toSorted((a, b) => byAge(a.told, b.told)).map((removal) => planRemoval(removal, now)),
    ...posts,
    ...planDeeds(added, { ledger, now }),
    ...planMove(manifest, ledger, { now, isUpdated: actor.length > 0 }),
  ];
}

/** Whether the build has another name or other keys of the actor than were told; what was not kept cannot differ. */
export function differingIdentity(manifest: Manifest, { actor }: Ledger): { username: boolean; keys: boolean } {
  return {
    username: actor.username !== undefined && actor.username !== manifest.actor.username,
    keys: actor.keyDigest !== undefined && actor.keyDigest !== manifest.actor.keyDigest,
  };
}

function planActor(manifest: Manifest, ledger: Ledger, now: number): PlannedActivity[] {
  const { username, keys } = differingIdentity(manifest, ledger);
  if (manifest.actor.digest === ledger.actor.digest && !username && !keys) return [];
  const why = username ? 'the handle changed' : keys ? 'the keys changed' : whyProfile(manifest, ledger);
  const { movedTo } = manifest.actor;
  return [
    {
      type: 'UpdateActor',
      digest: manifest.actor.digest,
      username: manifest.actor.username,
      keyDigest: manifest.actor.keyDigest,
      revision: ledger.actor.revision + 1,
      updated: toSeconds(now),
      ...(movedTo === undefined ? {} : { movedTo }),
      why,
    },
  ];
}

function whyProfile(manifest: Manifest, ledger: Ledger): string {
  if (isMoving(manifest.actor, ledger)) return `the account moves to ${manifest.actor.movedTo}`;
  const back = ledger.actor.movedTo !== undefined && manifest.actor.movedTo === undefined;
  return back
    ? 'the account is no longer moved; followers who went to the other one do not come back by themselves'
    : 'the profile changed';
}

function planCreate(entry: ManifestObject, ledger: Ledger, now: number) {
  const published = publishedAt(entry, now);
  const parts = [
    isRestore(entry, ledger)
      ? `it comes back, under the new id ${entry.id}: the one it had was deleted and is never used again`
      : 'new',
  ];
  if (now - (toTime(published) ?? now) > HOME_TIMELINE_WINDOW) {
    parts.push(`its date, ${published}, is more than 6 hours ago: Mastodon puts it into no home timeline`);
  }
  return { type: 'Create', entry, published, why: parts.join('; ') } satisfies PlannedActivity;
}

/** Whether a new object is one that was deleted and came back. */
export function isRestore(entry: ManifestObject, ledger: Ledger): boolean {
  return entry.restores !== undefined && ledger.objects.get(entry.restores)?.state === 'deleted';
}

function planUpdate(entry: ManifestObject, told: LedgerObject, now: number) {
  const moved = !isSamePublished(told.published, entry) && comesAt(entry) <= now;
  const published = moved ? publishedAt(entry, now) : told.published;
  const updated = updatedAt(told, { published, ...(entry.updated ? { updated: entry.updated } : {}) }, now);
  const since = told.state === 'baseline' ? 'changed since federation began' : 'changed since it was sent';
  const why = entry.url === told.url ? since : `${since}; its page moved from ${told.url} to ${entry.url}`;
  return { type: 'Update', entry, published, updated, revision: told.revision + 1, why } satisfies PlannedActivity;
}

function planRemoval(removal: Removal, now: number): PlannedActivity {
  const { told, why } = removal;
  const { id, type, title } = told;
  if (isDeedType(type)) return planUndo(removal, type, now);
  return { type: 'Delete', id, formerType: type, title, deleted: toSeconds(now), why };
}

/** The parts of a thread have one date; by length first, the tenth is not before the second. */
function byAge(a: { published: string; id: string }, b: { published: string; id: string }): number {
  const difference = (toTime(a.published) ?? 0) - (toTime(b.published) ?? 0) || a.id.length - b.id.length;
  if (difference !== 0) return difference;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

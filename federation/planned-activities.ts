import type { Changes, Removal } from './changes.ts';
import { comesAt, HOME_TIMELINE_WINDOW, isSamePublished, publishedAt, toSeconds, toTime, updatedAt } from './dates.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { PlannedActivity } from './plan.ts';

/**
 * Gives the activities that tell `changes`, in the order in which they are sent: the actor, Deletes, Updates, Creates,
 * each oldest first. `now` is milliseconds since the epoch. Never fails.
 */
export function planActivities(manifest: Manifest, ledger: Ledger, changes: Changes, now: number): PlannedActivity[] {
  const { added, changed, removed } = changes;
  return [
    ...planActor(manifest, ledger, now),
    ...removed.toSorted((a, b) => byAge(a.told, b.told)).map((removal) => planDelete(removal, now)),
    ...changed.toSorted((a, b) => byAge(a.entry, b.entry)).map(({ entry, told }) => planUpdate(entry, told, now)),
    // By the dates that are told: what is dated today without a time is as new as can be.
    ...added
      .map((entry) => planCreate(entry, ledger, now))
      .sort((a, b) => byAge({ ...a.entry, published: a.published }, { ...b.entry, published: b.published })),
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
  const why = username ? 'the handle changed' : keys ? 'the keys changed' : 'the profile changed';
  return [
    {
      type: 'UpdateActor',
      digest: manifest.actor.digest,
      username: manifest.actor.username,
      keyDigest: manifest.actor.keyDigest,
      revision: ledger.actor.revision + 1,
      updated: toSeconds(now),
      why,
    },
  ];
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

function planUpdate(entry: ManifestObject, told: LedgerObject, now: number): PlannedActivity {
  const moved = !isSamePublished(told.published, entry) && comesAt(entry) <= now;
  const published = moved ? publishedAt(entry, now) : told.published;
  const updated = updatedAt(told, { published, ...(entry.updated ? { updated: entry.updated } : {}) }, now);
  const since = told.state === 'baseline' ? 'changed since federation began' : 'changed since it was sent';
  const why = entry.url === told.url ? since : `${since}; its page moved from ${told.url} to ${entry.url}`;
  return { type: 'Update', entry, published, updated, revision: told.revision + 1, why };
}

function planDelete({ told, why }: Removal, now: number): PlannedActivity {
  const { id, type: formerType, title } = told;
  return { type: 'Delete', id, formerType, title, deleted: toSeconds(now), why };
}

function byAge(a: { published: string; id: string }, b: { published: string; id: string }): number {
  const difference = (toTime(a.published) ?? 0) - (toTime(b.published) ?? 0);
  if (difference !== 0) return difference;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

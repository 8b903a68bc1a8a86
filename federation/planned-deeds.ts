import type { Removal } from './changes.ts';
import { publishedAt, toSeconds, toTime } from './dates.ts';
import { isDeed } from './deeds.ts';
import type { Ledger } from './ledger.ts';
import type { DeedType, Manifest, ManifestObject } from './manifest.ts';
import type { PlannedActivity } from './plan.ts';

type PlannedDeed = Extract<PlannedActivity, { readonly type: DeedType }>;

/**
 * Gives the activities that do `added`, oldest first, and requests to quote at last, after the posts that quote. What is
 * done again is done now. `now` is milliseconds since the epoch. Never fails.
 */
export function planDeeds(
  added: readonly ManifestObject[],
  { ledger, now }: { readonly ledger: Ledger; readonly now: number },
): PlannedDeed[] {
  return added
    .filter(isDeed)
    .map((entry): PlannedDeed => {
      const before = ledger.objects.get(entry.id);
      const isNow = before !== undefined || entry.type === 'Follow';
      return {
        type: entry.type,
        entry,
        revision: before === undefined ? 0 : before.revision + 1,
        published: isNow ? toSeconds(now) : publishedAt(entry, now),
        why: before === undefined ? 'new' : 'done again, after it was undone',
      };
    })
    .sort((a, b) => rank(a) - rank(b) || byAge(a, b));
}

/** Gives the Undo of a deed that is gone from the build. Never fails. (ActivityPub §6.10) */
export function planUndo(
  { told, why }: Removal,
  of: DeedType,
  now: number,
): Extract<PlannedActivity, { readonly type: 'Undo' }> {
  const { id, object = '', title, revision, visibility, published } = told;
  return { type: 'Undo', of, id, object, title, revision, visibility, published, deleted: toSeconds(now), why };
}

/**
 * Gives the Move of the account, once for each target; none where the profile names no other. `isUpdated` says whether the
 * same plan has an Update of the actor, which comes before. Never fails. (FEP-7628)
 */
export function planMove(
  { actor }: Manifest,
  ledger: Ledger,
  { now, isUpdated }: { readonly now: number; readonly isUpdated: boolean },
): PlannedActivity[] {
  if (!isMoving(actor, ledger)) return [];
  const revision = ledger.actor.revision + (isUpdated ? 1 : 0);
  const why = 'servers let their people follow that account instead of this one';
  return [{ type: 'Move', target: actor.movedTo, revision, published: toSeconds(now), why }];
}

/** Whether the profile names another account than was told. Never fails. */
export function isMoving(
  actor: Manifest['actor'],
  ledger: Pick<Ledger, 'actor'>,
): actor is Manifest['actor'] & { readonly movedTo: string } {
  return actor.movedTo !== undefined && actor.movedTo !== ledger.actor.movedTo;
}

function rank({ type }: PlannedDeed): number {
  return type === 'QuoteRequest' ? 1 : 0;
}

function byAge(a: PlannedDeed, b: PlannedDeed): number {
  const difference = (toTime(a.published) ?? 0) - (toTime(b.published) ?? 0);
  if (difference !== 0) return difference;
  return a.entry.id < b.entry.id ? -1 : 1;
}

import { arrivalOf, type Changes, isDatedBefore, type Removal } from './changes.ts';
import { isSamePublished, toSeconds } from './dates.ts';
import { isDeed } from './deeds.ts';
import { confirmCommand, listFiles } from './hold-text.ts';
import type { Held, HoldContext } from './holds.ts';
import type { LedgerObject } from './ledger.ts';
import type { ManifestObject } from './manifest.ts';
import type { Hold } from './plan.ts';
import { isRestore } from './planned-activities.ts';
import { findRenames, folderOf, freeIdAfter, idLine, keyOfId, type Rename } from './rename.ts';

/**
 * Holds each object whose id was deleted: peers keep a tombstone and ignore the id for ever (Mastodon, permanently), so
 * it is never used again (invariant 3). Nothing releases it; the advice names an id that is free.
 *
 * A build that does not know the ledger has a post that came back under the deleted id, and so not under its new one:
 * that is missing for no other reason, and its Delete is held as well.
 */
export function holdTombstones(changes: Changes, { ledger }: Pick<HoldContext, 'ledger'>): Held {
  if (changes.restored.length === 0) return { holds: [], changes };
  const back = new Map(changes.removed.map(({ told }) => [`${told.type} ${told.source}`, told]));
  const held = new Set<string>();
  const holds = changes.restored.map((entry): Hold => {
    const renewed = back.get(`${entry.type} ${entry.source}`);
    if (renewed) held.add(renewed.id);
    return {
      code: 'tombstoned-id',
      ids: [entry.id, ...(renewed ? [renewed.id] : [])],
      why:
        `"${entry.title}" was deleted from the network under this id, and a deleted id can never be used again` +
        (renewed ? `; since it came back it is ${renewed.id}, which this build does not know` : ''),
      release: `give ${entry.source} a new id in its front matter: ${idLine(renewed ? keyOfId(renewed.id) : freeKey(entry, ledger))}`,
    };
  });
  return {
    holds,
    changes: { ...changes, restored: [], removed: changes.removed.filter(({ told }) => !held.has(told.id)) },
  };
}

function freeKey({ id }: ManifestObject, { objects }: HoldContext['ledger']): string {
  return keyOfId(freeIdAfter(id, (each) => objects.has(each)));
}

/**
 * Holds the Delete of each object that was told and whose date moved ahead: the build has it only at that later time, but
 * once deleted it could come back under a new id alone, without its replies.
 *
 * Where the date is still the one that was told, the clock was put back, or the time zone changed: nobody meant a Delete,
 * so only the post's own name releases it, and not a word that was given for another.
 */
export function holdPostponed(changes: Changes, { confirm }: HoldContext): Held {
  const isMoved = ({ told, entry }: Postponed) => !isSamePublished(told.published, entry);
  const [free, held] = part(
    changes.postponed,
    (each) => confirm.has(each.told.id) || (confirm.has('postponed') && isMoved(each)),
  );
  const removals = free.map(({ told, entry }): Removal => {
    return { told, why: `${entry.source} is now dated ${toSeconds(arrivalOf(entry))}`, isElsewhere: true };
  });
  const rest = { ...changes, postponed: [], removed: [...changes.removed, ...removals] };
  const [moved, early] = part(held, isMoved);
  return { holds: [...holdMoved(moved), ...holdEarly(early)], changes: rest };
}

type Postponed = Changes['postponed'][number];

function holdMoved(held: readonly Postponed[]): Hold[] {
  const first = held[0];
  if (!first) return [];
  const until = toSeconds(arrivalOf(first.entry));
  const what =
    held.length === 1
      ? `${first.entry.source} is known to the network and is now dated ahead, ${until}`
      : `${held.length} posts are known to the network and are now dated ahead: ${listFiles(held.map(({ entry }) => entry.source))}`;
  return [
    {
      code: 'postponed',
      ids: held.map(({ told }) => told.id),
      why: `${what}; to take it from the network until then is a Delete, after which it could come back under a new id only`,
      release: `give it a date that has come, such as date: ${first.told.published}; to delete it now: ${confirmCommand('postponed')}`,
    },
  ];
}

function holdEarly(held: readonly Postponed[]): Hold[] {
  if (held.length === 0) return [];
  const sources = listFiles(held.map(({ entry }) => entry.source));
  const are =
    held.length === 1
      ? 'is known to the network, and by this clock its date has'
      : 'are known to the network, and by this clock their dates have';
  return [
    {
      code: 'postponed',
      ids: held.map(({ told }) => told.id),
      why: `${sources} ${are} not come: this build shows ${held.length === 1 ? 'it' : 'them'} only later`,
      release: 'set the clock of this machine, or timezone in content/profile.md, and build again',
    },
  ];
}

/**
 * Holds each removal and addition that are the same thing: sent as they stand, readers would get the post anew, or lose
 * it, and its replies and likes would be lost. An `id` in the front matter makes it an Update; confirming sends both, for
 * a pair goes together. An addition may be one that is told to nobody, or whose date has not come: the Delete would be
 * sent all the same.
 */
export function holdRenames(changes: Changes, { confirm }: HoldContext): Held {
  const additions = [...changes.added, ...changes.quiet.filter(({ told }) => !told).map(({ entry }) => entry)];
  const isPost = (each: ManifestObject | LedgerObject) => !isDeed(each);
  const renames = findRenames(
    changes.removed.filter(({ told, isElsewhere }) => !isElsewhere && isPost(told)).map(({ told }) => told),
    additions.filter(isPost),
    changes.waiting.filter(isPost),
  );
  const [free, pairs] = part(
    renames,
    ({ from, to }) => confirm.has('rename-without-id') || confirm.has(from.id) || confirm.has(to.id),
  );
  const held = new Set(pairs.flatMap(({ from, to }) => [from.id, to.id]));
  const isFree = (id: string) => !held.has(id);
  const renamed = new Map(free.map(({ from, to }) => [from.id, to]));
  const paired = new Set(
    free
      .filter(({ from, to }) => confirm.has(from.id) || confirm.has(to.id))
      .flatMap(({ from, to }) => [from.id, to.id]),
  );
  return {
    holds: pairs.map(holdOfPair),
    changes: {
      ...changes,
      added: changes.added.filter(({ id }) => isFree(id)),
      quiet: changes.quiet.filter(({ entry }) => isFree(entry.id)),
      removed: changes.removed.filter(({ told }) => isFree(told.id)).map((removal) => asRename(removal, renamed)),
      renamed: new Set([...changes.renamed, ...free.map(({ to }) => to.id)]),
      released: new Set([...changes.released, ...paired]),
      paired: new Set([...changes.paired, ...paired]),
    },
  };
}

function asRename(removal: Removal, renamed: ReadonlyMap<string, ManifestObject>): Removal {
  const to = renamed.get(removal.told.id);
  return to ? { ...removal, why: `it is ${to.source} now, which has no id to keep it`, isElsewhere: true } : removal;
}

function holdOfPair({ from, to }: Rename): Hold {
  if (folderOf(to.type) !== folderOf(from.type)) {
    return {
      code: 'rename-without-id',
      ids: [from.id, to.id],
      why: `${to.source} looks like ${from.source}, and is another kind of post there: it would be deleted, with its replies and likes, and be another one`,
      release: `move it back to ${from.source}; to delete it and send it anew: ${confirmCommand('rename-without-id')}`,
    };
  }
  const looks =
    to.source === from.source ? 'has another id than it was sent with' : `looks like ${from.source} under another name`;
  return {
    code: 'rename-without-id',
    ids: [from.id, to.id],
    why: `${to.source} ${looks}; as it stands the post would be deleted, with its replies and likes, and be another one`,
    release: `add this line to the front matter of ${to.source}: ${idLine(keyOfId(from.id))}`,
  };
}

/**
 * Holds new posts with a date that was past for more than a day when the owner published them: no home timeline shows
 * them, and many at once are an import. What comes back after its Delete, or was renamed, was no news to begin with.
 */
export function holdBackdated(changes: Changes, { ledger, confirm, freshFrom }: HoldContext): Held {
  const [free, held] = part(
    changes.added,
    (entry) =>
      !isDatedBefore(entry, freshFrom) ||
      isRestore(entry, ledger) ||
      isDeed(entry) ||
      changes.renamed.has(entry.id) ||
      changes.released.has(entry.id) ||
      confirm.has('backdated'),
  );
  const rest = { ...changes, added: free };
  const first = held[0];
  if (!first) return { holds: [], changes: rest };
  const what =
    held.length === 1
      ? `${first.source} is new but dated ${first.published}, more than a day ago`
      : `${held.length} posts are new but dated more than a day ago: ${listFiles(held.map(({ source }) => source))}`;
  const whom = held.length === 1 ? 'its front matter' : 'the front matter of each';
  const hold: Hold = {
    code: 'backdated',
    ids: held.map(({ id }) => id),
    why: `${what}; servers put old posts into no home timeline`,
    release: `add to ${whom} the line federate: silent, to tell nobody, or a newer date; to send as it stands: ${confirmCommand('backdated')}`,
  };
  return { holds: [hold], changes: rest };
}

/**
 * Holds Updates of posts whose visibility is another than was told: servers keep the one that they got first, so an
 * Update would not take back what was public. What the baseline has was told to nobody and is free.
 */
export function holdVisibility(changes: Changes, { confirm }: HoldContext): Held {
  const [free, held] = part(
    changes.changed,
    ({ entry, told }) =>
      told.state !== 'announced' ||
      told.visibility === entry.visibility ||
      entry.federate === 'update' ||
      changes.released.has(entry.id) ||
      confirm.has('visibility-changed'),
  );
  const rest = { ...changes, changed: free };
  const first = held[0];
  if (!first) return { holds: [], changes: rest };
  const what =
    held.length === 1
      ? `${first.entry.source} was sent as ${first.told.visibility} and is ${first.entry.visibility} now`
      : `${held.length} posts have another visibility than they were sent with: ${listFiles(held.map(({ entry }) => entry.source))}`;
  const each = held.length === 1 ? `put visibility: ${first.told.visibility} back` : 'put their visibility back';
  const hold: Hold = {
    code: 'visibility-changed',
    ids: held.map(({ entry }) => entry.id),
    why: `${what}; most servers keep showing a post as they got it first`,
    release: `${each}, or add the line federate: update to the front matter to send the change all the same; or ${confirmCommand('visibility-changed')}`,
  };
  return { holds: [hold], changes: rest };
}

/** Those that pass, and the others, each in their order. */
function part<T>(items: readonly T[], passes: (item: T) => boolean): [T[], T[]] {
  const passed: T[] = [];
  const others: T[] = [];
  for (const item of items) (passes(item) ? passed : others).push(item);
  return [passed, others];
}

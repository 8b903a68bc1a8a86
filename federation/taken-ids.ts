import type { Changes } from './changes.ts';
import { isSamePublished } from './dates.ts';
import type { Held, HoldContext } from './holds.ts';
import type { LedgerObject } from './ledger.ts';
import type { ManifestObject } from './manifest.ts';
import type { Hold } from './plan.ts';
import { folderOf, idLine, keyOfId } from './rename.ts';

/** A post that the network knows under an id which is another file's now. */
interface Taken {
  readonly entry: ManifestObject;
  readonly told: LedgerObject;
  /** What the file that was sent under this id is now: a new post, to readers. */
  readonly moved: ManifestObject | undefined;
  /** The id under which the file that has this one now was sent. */
  readonly left: LedgerObject | undefined;
}

/**
 * Holds each change that would put one file's post in the place of another's: two files of one name, and an older one came
 * or went, or a date was changed, so that the build names them otherwise. Sent as it stands, a post would become another
 * one under its replies, and be told anew under another id. A file that was only renamed says the same or has its date, and
 * one that replaces another is alone in its place: both are free. A confirmed one goes as a whole, as a rename does.
 */
export function holdTaken(changes: Changes, { confirm }: HoldContext): Held {
  const taken = findTaken(changes);
  if (taken.length === 0) return { holds: [], changes };
  const isNamed = (one: Taken) => idsOf(one).some((id) => confirm.has(id));
  const held = confirm.has('rename-without-id') ? [] : taken.filter((one) => !isNamed(one));
  const heldIds = new Set(held.flatMap(idsOf));
  const named = taken.filter(isNamed).flatMap(idsOf);
  const isFree = (id: string) => !heldIds.has(id);
  const freed = taken.filter(({ told }) => isFree(told.id));
  const left = new Map(freed.flatMap(({ left, entry }) => (left ? [[left.id, entry] as const] : [])));
  return {
    holds: held.map(holdOf),
    changes: {
      ...changes,
      added: changes.added.filter(({ id }) => isFree(id)),
      changed: changes.changed.filter(({ told }) => isFree(told.id)),
      quiet: changes.quiet.filter(({ entry }) => isFree(entry.id)),
      waiting: changes.waiting.filter(({ id }) => isFree(id)),
      removed: changes.removed
        .filter(({ told }) => isFree(told.id))
        .map((removal) => {
          const to = left.get(removal.told.id);
          return to ? { ...removal, why: `${to.source} has the id ${to.id} now`, isElsewhere: true } : removal;
        }),
      renamed: new Set([...changes.renamed, ...freed.flatMap(({ moved }) => (moved ? [moved.id] : []))]),
      released: new Set([...changes.released, ...named]),
      paired: new Set([...changes.paired, ...named]),
    },
  };
}

/** Linear; in the order of the changes. */
function findTaken(changes: Changes): Taken[] {
  const quiet = changes.quiet.flatMap(({ entry, told }) => (told ? [{ entry, told }] : []));
  const replaced = [...changes.changed, ...quiet].filter(({ entry, told }) => isReplaced(entry, told));
  if (replaced.length === 0) return [];
  const fresh = [...changes.added, ...changes.quiet.filter(({ told }) => !told).map(({ entry }) => entry)];
  const moved = new Map([...fresh, ...changes.waiting].map((entry) => [placeOf(entry), entry]));
  const texts = new Map([...fresh, ...changes.waiting].map((entry) => [textOf(entry), entry]));
  const removed = changes.removed.filter(({ isElsewhere }) => !isElsewhere);
  const left = new Map(removed.map(({ told }) => [placeOf(told), told]));
  const exchanged = new Set(replaced.map(({ entry }) => placeOf(entry)));
  const used = new Set<string>();
  return replaced
    .map(({ entry, told }): Taken => {
      // Its file may have moved as well.
      const candidates = [
        moved.get(placeOf(told)),
        told.bodyDigest === undefined ? undefined : texts.get(textOf(told)),
      ];
      const now = candidates.find((each) => each && !used.has(each.id));
      if (now) used.add(now.id);
      return { entry, told, moved: now, left: left.get(placeOf(entry)) };
    })
    .filter(({ told, moved, left }) => moved ?? left ?? exchanged.has(placeOf(told)));
}

/** Another file, with another text and date. */
function isReplaced(entry: ManifestObject, told: LedgerObject): boolean {
  if (told.source === '' || placeOf(entry) === placeOf(told)) return false;
  const isSameText = told.bodyDigest !== undefined && told.bodyDigest === entry.bodyDigest;
  return !isSameText && !isSamePublished(told.published, entry);
}

function placeOf({ type, source }: Pick<ManifestObject, 'type' | 'source'>): string {
  return `${folderOf(type)} ${source}`;
}

function textOf({ type, bodyDigest }: Pick<ManifestObject, 'type' | 'bodyDigest'>): string {
  return `${folderOf(type)} ${bodyDigest}`;
}

function idsOf({ told, moved, left }: Taken): string[] {
  return [told.id, ...(moved ? [moved.id] : []), ...(left ? [left.id] : [])];
}

function holdOf(taken: Taken): Hold {
  const { entry, told, moved, left } = taken;
  const key = keyOfId(told.id);
  const release = left
    ? `add this line to the front matter of ${entry.source}: ${idLine(keyOfId(left.id))}`
    : moved
      ? `give ${entry.source} a name of its own, such as the line slug: ${JSON.stringify(`${key}-2`)}, and ${moved.source} the line ${idLine(key)}`
      : `add this line to the front matter of ${told.source}: ${idLine(key)}`;
  return {
    code: 'rename-without-id',
    ids: idsOf(taken),
    why: `${entry.source} has the id now that ${told.source} was sent with; as it stands readers would see "${told.title}" turn into "${entry.title}", with its replies and likes`,
    release,
  };
}

import { isSamePublished, toTime } from './dates.ts';
import type { LedgerObject } from './ledger.ts';
import type { ManifestObject } from './manifest.ts';

/** A removal and an addition that look like one post under another name. */
export interface Rename {
  readonly from: LedgerObject;
  readonly to: ManifestObject;
}

/**
 * Finds the removals and additions that are the same thing: equal meaning but for the address, one file, equal title and the
 * same date or a later one (a post that was renamed and dated anew), or the same second. Those in `waiting` are dated ahead.
 *
 * Last come posts that went from one folder of content/ to the other, with their text or with file name and title: no
 * `id` can carry a post there. Each side is in one pair at most; equal meaning goes first. In the order of `added` and
 * `waiting`, and linear in all lists. Never fails.
 */
export function findRenames(
  removed: readonly LedgerObject[],
  added: readonly ManifestObject[],
  waiting: readonly ManifestObject[] = [],
): Rename[] {
  const taken = new Set<string>();
  const found = new Map<string, Rename>();
  const pair = (additions: readonly ManifestObject[], match: Match) => {
    for (const to of additions) {
      const from = found.has(to.id) ? undefined : match(to);
      if (!from) continue;
      taken.add(from.id);
      found.set(to.id, { from, to });
    }
  };
  const all = [...added, ...waiting];
  const isAhead = new Set(waiting.map(({ id }) => id));
  pair(all, matchBody(removed, taken));
  pair(all, matchFile(removed, taken));
  pair(added, matchTitleAndDate(removed, taken));
  pair(all, matchTitleDatedAnew(removed, taken, isAhead));
  pair(added, matchInstant(removed, taken));
  pair(all, matchOtherType(removed, taken));
  return all.flatMap((to) => found.get(to.id) ?? []);
}

/** Gives the kind of a post, which its id names: a note that has a poll, or had one, is a note. Never fails. */
export function folderOf(type: ManifestObject['type']): string {
  return type === 'Question' ? 'Note' : type;
}

/** Gives the removal that an addition looks like, of those that are free when it is asked. */
type Match = (to: ManifestObject) => LedgerObject | undefined;

function matchBody(removed: readonly LedgerObject[], taken: ReadonlySet<string>): Match {
  const byBody = groupBy(removed, ({ type, bodyDigest }) => bodyDigest && `${folderOf(type)} ${bodyDigest}`);
  return (to) => (to.bodyDigest ? firstFree(byBody.get(`${folderOf(to.type)} ${to.bodyDigest}`), taken) : undefined);
}

function matchFile(removed: readonly LedgerObject[], taken: ReadonlySet<string>): Match {
  const byFile = groupBy(removed, ({ type, source }) => source && `${folderOf(type)} ${source}`);
  return (to) => firstFree(byFile.get(`${folderOf(to.type)} ${to.source}`), taken);
}

function matchTitleAndDate(removed: readonly LedgerObject[], taken: ReadonlySet<string>): Match {
  const bySecond = groupBy(removed, (from) => from.title && keyAt(from, 1, 0));
  const byDay = groupBy(removed, (from) => from.title && keyAt(from, DAY_SECONDS, 0));
  return (to) => {
    const exact = firstFree(bySecond.get(keyAt(to, 1, 0)), taken);
    if (exact) return exact;
    // A day without a time lasts longer than 24 h, seen from all over the Earth: its neighbours count as well.
    const near = to.dateOnly ? [0, -1, 1].map((day) => byDay.get(keyAt(to, DAY_SECONDS, day))) : [];
    return near.map((group) => firstFree(group, taken, (from) => isSamePublished(from.published, to))).find(Boolean);
  };
}

/** The oldest of an equal title, where the addition is of a later date or in `isAhead`. */
function matchTitleDatedAnew(
  removed: readonly LedgerObject[],
  taken: ReadonlySet<string>,
  isAhead: ReadonlySet<string>,
): Match {
  const oldestFirst = removed
    .map((from) => ({ from, time: toTime(from.published) ?? 0 }))
    .sort((a, b) => a.time - b.time)
    .map(({ from }) => from);
  const byTitle = groupBy(oldestFirst, ({ type, title }) => title && `${folderOf(type)} ${title}`);
  return (to) => {
    const oldest = firstFree(byTitle.get(`${folderOf(to.type)} ${to.title}`), taken);
    // When its date comes it is a pair still, or the Delete that was held would go out by itself.
    return oldest && (isAhead.has(to.id) || comesLater(to, oldest)) ? oldest : undefined;
  };
}

/** A title and a file name that changed together leave the second. Two posts of one second are a pair or a rarity. */
function matchInstant(removed: readonly LedgerObject[], taken: ReadonlySet<string>): Match {
  const byInstant = groupBy(removed, instantOf);
  return (to) => (to.dateOnly ? undefined : firstFree(byInstant.get(instantOf(to)), taken));
}

/** A post that went to the other folder of content/ has another type. */
function matchOtherType(removed: readonly LedgerObject[], taken: ReadonlySet<string>): Match {
  const byBody = groupBy(removed, ({ bodyDigest }) => bodyDigest);
  const byName = groupBy(removed, nameAndTitle);
  return (to) => {
    const isOtherType = (from: LedgerObject) => folderOf(from.type) !== folderOf(to.type);
    const same = to.bodyDigest ? firstFree(byBody.get(to.bodyDigest), taken, isOtherType) : undefined;
    return same ?? firstFree(byName.get(nameAndTitle(to)), taken, isOtherType);
  };
}

function instantOf({ type, published }: Pick<ManifestObject, 'type' | 'published'>): string {
  return `${folderOf(type)} ${Math.floor((toTime(published) ?? 0) / 1000)}`;
}

function nameAndTitle({ source, title }: { source: string; title: string }): string {
  return `${source.slice(source.lastIndexOf('/') + 1)} ${title}`;
}

function comesLater(to: ManifestObject, from: LedgerObject): boolean {
  return (toTime(to.published) ?? 0) > (toTime(from.published) ?? 0);
}

const DAY_SECONDS = 86_400;

/** Type, title and date, the date in steps of `seconds`. */
function keyAt(object: Pick<ManifestObject, 'type' | 'title' | 'published'>, seconds: number, shift: number): string {
  return `${folderOf(object.type)} ${Math.floor((toTime(object.published) ?? 0) / 1000 / seconds) + shift} ${object.title}`;
}

/** Gives the first that is free and fits. Those at the end of the list that are taken are dropped for good. */
function firstFree(
  group: LedgerObject[] | undefined,
  taken: ReadonlySet<string>,
  fits: (from: LedgerObject) => boolean = () => true,
): LedgerObject | undefined {
  for (let last = group?.at(-1); group && last && taken.has(last.id); last = group.at(-1)) group.pop();
  return group?.findLast((from) => !taken.has(from.id) && fits(from));
}

/** Groups by key, the first item last, so that a group is used up from its end. */
function groupBy(
  items: readonly LedgerObject[],
  keyOf: (item: LedgerObject) => string | undefined,
): Map<string, LedgerObject[]> {
  const groups = new Map<string, LedgerObject[]>();
  for (const item of items.toReversed()) {
    const key = keyOf(item);
    if (!key) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Gives the `<key>` of an object's id: what front matter `id` says (FEDERATION, Ids and URLs). The whole id when it has another shape. */
export function keyOfId(id: string): string {
  const last = /\/([^/]+)\.json$/.exec(id)?.[1];
  if (last === undefined) return id;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Gives the id that an object could have instead of its own, `<key>-2` or the first after it that is not taken. */
export function freeIdAfter(id: string, isTaken: (id: string) => boolean): string {
  const key = keyOfId(id);
  const idFor = (n: number) => id.replace(/[^/]+\.json$/, `${encodeURIComponent(`${key}-${n}`)}.json`);
  let n = 2;
  while (isTaken(idFor(n))) n += 1;
  return idFor(n);
}

/** Gives the front matter line that keeps `key`: quoted where YAML would read anything but this string. */
export function idLine(key: string): string {
  const plain = /^[a-z][a-z0-9_-]*$/i.test(key) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(key);
  return `id: ${plain ? key : JSON.stringify(key)}`;
}

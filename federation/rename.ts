import { isSamePublished } from './dates.ts';
import type { LedgerObject } from './ledger.ts';
import type { ManifestObject } from './manifest.ts';

/** A removal and an addition that look like one post under another name. */
export interface Rename {
  readonly from: LedgerObject;
  readonly to: ManifestObject;
}

/**
 * Finds the removals and additions that are the same thing: equal meaning but for the address, or equal title and date.
 *
 * Only pairs of one type count: an `id` cannot carry a post into another folder. Each side is in one pair at most;
 * equal meaning goes first. Deterministic in the order of `added`, linear in both lists. Never fails.
 */
export function findRenames(removed: readonly LedgerObject[], added: readonly ManifestObject[]): Rename[] {
  const byBody = groupBy(removed, (object) => (object.bodyDigest ? `${object.type} ${object.bodyDigest}` : undefined));
  const byTitle = groupBy(removed, (object) => (object.title ? `${object.type} ${object.title}` : undefined));
  const taken = new Map<string, Rename>();
  const found = new Map<string, Rename>();
  const pair = (to: ManifestObject, candidates: readonly LedgerObject[] | undefined) => {
    const from = candidates?.find((candidate) => !taken.has(candidate.id));
    if (!from || found.has(to.id)) return;
    taken.set(from.id, { from, to });
    found.set(to.id, { from, to });
  };
  for (const to of added) if (to.bodyDigest) pair(to, byBody.get(`${to.type} ${to.bodyDigest}`));
  for (const to of added) {
    const sameTitle = byTitle.get(`${to.type} ${to.title}`);
    pair(
      to,
      sameTitle?.filter((from) => isSamePublished(from.published, to)),
    );
  }
  return added.flatMap((to) => found.get(to.id) ?? []);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Gives the `<key>` of an object's id: what front matter `id` says (DESIGN, URLs). The whole id when it has another shape. */
export function keyOfId(id: string): string {
  const last = /\/([^/]+)\.json$/.exec(id)?.[1];
  if (last === undefined) return id;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Gives the front matter line that keeps `key`: quoted where YAML would read anything but this string. */
export function idLine(key: string): string {
  const plain = /^[a-z][a-z0-9_-]*$/i.test(key) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(key);
  return `id: ${plain ? key : JSON.stringify(key)}`;
}

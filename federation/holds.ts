import { toTime } from './dates.ts';
import type { Ledger } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { Changes, Hold, HoldCode } from './plan.ts';
import { findRenames, idLine, keyOfId } from './rename.ts';

/** The most of each kind that one publish sends unasked. */
export interface Limits {
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
}

export const DEFAULT_LIMITS: Limits = { creates: 10, updates: 20, deletes: 5 };

/**
 * Gives the hold that concerns a build as a whole, or undefined when it may be published.
 *
 * `other-origin`: the ledger belongs to another origin; nothing releases it (invariant 4). `older-build`: the build's
 * commit is older than the newest that was applied, as after a rollback of a deploy; the owner can release it. Builds
 * that do not say where they come from are never held for it.
 */
export function holdWhole(manifest: Manifest, ledger: Ledger, confirmed: ReadonlySet<HoldCode>): Hold | undefined {
  if (manifest.origin !== ledger.origin) {
    return {
      code: 'other-origin',
      ids: [],
      why: `the build is for ${manifest.origin}, but what was sent so far was sent as ${ledger.origin}`,
      release: `build with POSTERN_ORIGIN=${ledger.origin}, or give ${manifest.origin} a data folder of its own with POSTERN_DATA`,
    };
  }
  const built = toTime(manifest.source?.committedAt);
  const applied = toTime(ledger.source?.committedAt);
  if (built === undefined || applied === undefined || built >= applied || confirmed.has('older-build'))
    return undefined;
  return {
    code: 'older-build',
    ids: [],
    why:
      `this build is of ${manifest.source?.commit} (${manifest.source?.committedAt}), older than ` +
      `${ledger.source?.commit} (${ledger.source?.committedAt}), which was published already`,
    release: 'publish the newest commit (to take something back, revert it in a new one), or confirm older-build',
  };
}

/**
 * Holds each object whose id was deleted: peers keep a tombstone and ignore the id for ever (Mastodon, permanently), so
 * it is never used again (invariant 3). Nothing releases it; the advice names an id that is free.
 */
export function holdTombstones(restored: readonly ManifestObject[], ledger: Ledger): Hold[] {
  return restored.map((entry) => {
    const key = keyOfId(entry.id);
    const idFor = (n: number) => entry.id.replace(/[^/]+\.json$/, `${encodeURIComponent(`${key}-${n}`)}.json`);
    let n = 2;
    while (ledger.objects.has(idFor(n))) n += 1;
    return {
      code: 'tombstoned-id',
      ids: [entry.id],
      why: `"${entry.title}" was deleted from the network under this id, and a deleted id can never be used again`,
      release: `give ${entry.source} a new id in its front matter: ${idLine(`${key}-${n}`)}`,
    };
  });
}

/**
 * Holds each removal and addition that are the same thing: sent as they stand, readers would get the post anew and its
 * replies and likes would be lost. An `id` in the front matter makes it an Update; confirming sends both. An addition may
 * be one whose date has not come: its Delete would be sent all the same.
 */
export function holdRenames(changes: Changes, confirmed: ReadonlySet<HoldCode>): { holds: Hold[]; changes: Changes } {
  if (confirmed.has('rename-without-id')) return { holds: [], changes };
  const renames = findRenames(changes.removed, changes.added, changes.waiting);
  const held = new Set(renames.flatMap(({ from, to }) => [from.id, to.id]));
  const holds = renames.map(
    ({ from, to }): Hold => ({
      code: 'rename-without-id',
      ids: [from.id, to.id],
      why: `${to.source} ${to.source === from.source ? 'has another id than it was sent with' : `looks like ${from.source} under another name`}; as it stands the post would be deleted and sent anew`,
      release: `add this line to the front matter of ${to.source}: ${idLine(keyOfId(from.id))}`,
    }),
  );
  const isFree = (object: { id: string }) => !held.has(object.id);
  return {
    holds,
    changes: { ...changes, added: changes.added.filter(isFree), removed: changes.removed.filter(isFree) },
  };
}

/**
 * Holds an unusual amount (invariant 5): more than the limit of one kind; the other kinds are sent. Deletes of everything
 * there is, when that is more than one object, as after a build of another folder, hold the Creates as well: once they
 * were sent, the Deletes would no longer be of everything, and would go out unasked. Confirming releases it.
 */
export function holdAmounts(
  changes: Changes,
  ledger: Ledger,
  limits: Limits,
  confirmed: ReadonlySet<HoldCode>,
): { holds: Hold[]; changes: Changes } {
  const { added, changed, removed } = changes;
  const deletes = removed.map((object) => object.id);
  const creates = added.map((entry) => entry.id);
  const updates = changed.map(({ entry }) => entry.id);
  const holdOf = (code: HoldCode, ids: string[], what: string): Hold => ({
    code,
    ids,
    why: `${what} in one publish`,
    release: `look through them, then confirm ${code}`,
  });
  const isAll = deletes.length > 1 && deletes.length === countLive(ledger);
  if (isAll && !confirmed.has('many-deletes')) {
    const others = creates.length > 0 ? `, and ${creates.length} Creates` : '';
    const what = `${deletes.length} Deletes, everything that was published${others},`;
    const hold = holdOf('many-deletes', [...deletes, ...creates], what);
    return { holds: [hold], changes: { ...changes, removed: [], added: [] } };
  }
  const holds: Hold[] = [];
  const within = (code: HoldCode, ids: string[], what: string, limit: number): boolean => {
    if (ids.length <= limit || confirmed.has(code)) return true;
    holds.push(holdOf(code, ids, `${ids.length} ${what}`));
    return false;
  };
  return {
    holds,
    changes: {
      ...changes,
      removed: within('many-deletes', deletes, 'Deletes', limits.deletes) ? removed : [],
      changed: within('many-updates', updates, 'Updates', limits.updates) ? changed : [],
      added: within('many-creates', creates, 'Creates', limits.creates) ? added : [],
    },
  };
}

function countLive(ledger: Ledger): number {
  let live = 0;
  for (const object of ledger.objects.values()) if (object.state !== 'deleted') live += 1;
  return live;
}

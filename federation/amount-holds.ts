import type { Changes } from './changes.ts';
import { isDeed } from './deeds.ts';
import { confirmCommand, listFiles } from './hold-text.ts';
import type { Held, HoldContext } from './holds.ts';
import type { Limits, ManifestObject } from './manifest.ts';
import type { Hold, HoldCode } from './plan.ts';

/** From this many missing posts on, when they are half of the blog or more, it is a build that lost them. */
const SHRINKS_BY = 3;

/**
 * Holds the Deletes when the blog shrank: half of it or more is missing, and at least three posts, or all of two. It is
 * a build of another folder, or of half of one. What is new in such a build is held as well, told or quiet: once it was in
 * the ledger, the Deletes would no longer be of most of the blog, and would go out unasked (invariant 5). Deeds do not count,
 * for who follows many has few posts beside them; but none is undone or forgotten by such a build.
 */
export function holdShrunk(changes: Changes, { ledger, confirm }: HoldContext): Held {
  const spent = countReleased(changes, ledger);
  const missing = changes.removed.filter(({ told, isElsewhere }) => !isElsewhere && !isDeed(told));
  const gone = missing.length + spent.deletes;
  const live = countLive(ledger) + spent.deletes - spent.creates - spent.quiet;
  const isShrunk = gone >= SHRINKS_BY && gone * 2 >= live;
  const isAll = gone > 1 && gone >= live;
  const code = isShrunk ? 'shrunk' : 'many-deletes';
  if (!(isShrunk || isAll) || confirm.has(code)) return { holds: [], changes };
  const isHeld = (id: string) => !changes.released.has(id);
  const removed = changes.removed.filter(({ told }) => isHeld(told.id));
  const posts = removed.filter(({ told }) => !isDeed(told));
  if (posts.length === 0) return { holds: [], changes };
  const added = changes.added.filter(({ id }) => isHeld(id));
  const quiet = changes.quiet.filter(({ told, entry }) => !told && isHeld(entry.id));
  const others = added.length + quiet.length;
  const what = isAll ? `all ${live}` : `${gone} of ${live}`;
  const hold: Hold = {
    code,
    ids: [...removed.map(({ told }) => told.id), ...added.map(({ id }) => id), ...quiet.map(({ entry }) => entry.id)],
    why:
      `${what} posts that were published are missing in this build: ${listFiles(posts.map(({ told }) => told.source))}` +
      (others > 0 ? `; what is new in it (${others}) waits with them` : ''),
    release: `see that content/ is complete and build again; to delete them from the network for ever: ${confirmCommand(code)}`,
  };
  const held = new Set(hold.ids);
  return { holds: [hold], changes: { ...without(changes, held), forgotten: [] } };
}

/**
 * Holds an unusual amount (invariant 5): more of one kind than the profile allows in one publish; the other kinds are
 * sent. What `federate: update` marks does not count.
 *
 * What the owner released by name is sent, and counts, then and after it was told: if it did not, what is left might be
 * few enough to be sent by the next publish, unasked. Confirming `shrunk` releases the Deletes here, too, for a publish of
 * many that is interrupted leaves fewer. A rename that is released by one of its names is one change and does not count,
 * for its other name would be forgotten once it was told.
 */
export function holdAmounts(changes: Changes, { ledger, limits, confirm }: HoldContext): Held {
  const spent = countReleased(changes, ledger);
  const counted = changes.changed.filter(({ entry }) => entry.federate !== 'update');
  const kinds: readonly [HoldCode, keyof Limits, readonly Counted[]][] = [
    ['many-deletes', 'deletes', changes.removed.map(({ told }) => told)],
    ['many-updates', 'updates', counted.map(({ entry }) => entry)],
    // A request to quote is part of its post.
    ['many-creates', 'creates', changes.added.filter(({ type }) => type !== 'QuoteRequest')],
  ];
  const holds: Hold[] = [];
  for (const [code, kind, objects] of kinds) {
    const amount = objects.filter(({ id }) => !changes.paired.has(id)).length + spent[kind];
    if (amount <= limits[kind] || confirm.has(code)) continue;
    if (kind === 'deletes' && confirm.has('shrunk')) continue;
    const held = objects.filter(({ id }) => !changes.released.has(id));
    if (held.length > 0) holds.push(holdOfKind(code, kind, { amount, limit: limits[kind], held }));
  }
  return { holds, changes: without(changes, new Set(holds.flatMap(({ ids }) => ids))) };
}

type Counted = Pick<ManifestObject, 'id' | 'type' | 'source' | 'title'>;

const ACTIVITY = { creates: 'Creates', updates: 'Updates', deletes: 'Deletes' } as const;
const WITH_DEEDS = { creates: 'Creates, follows, likes and boosts', updates: 'Updates', deletes: 'Deletes and Undos' };

/** A file that lists many is no name for one of them. */
function nameOf({ type, title, source }: Counted): string {
  return type === 'Follow' && title !== '' ? title : source;
}

function holdOfKind(
  code: HoldCode,
  kind: keyof Limits,
  { amount, limit, held }: { amount: number; limit: number; held: readonly Counted[] },
): Hold {
  return {
    code,
    ids: held.map(({ id }) => id),
    why: `${amount} ${(held.some(isDeed) ? WITH_DEEDS : ACTIVITY)[kind]} in one publish, more than ${limit}: ${listFiles(held.map(nameOf))}`,
    release: `look through them, then ${confirmCommand(code)}; content/profile.md sets the most (holds: { ${kind}: ${limit} })`,
  };
}

function without(changes: Changes, held: ReadonlySet<string>): Changes {
  if (held.size === 0) return changes;
  return {
    ...changes,
    added: changes.added.filter(({ id }) => !held.has(id)),
    changed: changes.changed.filter(({ entry }) => !held.has(entry.id)),
    removed: changes.removed.filter(({ told }) => !held.has(told.id)),
    quiet: changes.quiet.filter(({ entry }) => !held.has(entry.id)),
  };
}

/** How many the owner released by name and the ledger has as told already: they belong to the same publish still. */
function countReleased(changes: Changes, ledger: HoldContext['ledger']): Limits & { readonly quiet: number } {
  const count = { creates: 0, updates: 0, deletes: 0, quiet: 0 };
  if (changes.released.size === 0) return count;
  const open = new Set([
    ...changes.removed.map(({ told }) => told.id),
    ...changes.changed.map(({ entry }) => entry.id),
    // A deed that is done again.
    ...changes.added.map(({ id }) => id),
  ]);
  for (const id of changes.released) {
    const told = open.has(id) ? undefined : ledger.objects.get(id);
    if (told?.type === 'QuoteRequest') continue;
    if (told && isDeed(told) && told.state === 'announced') {
      count.creates += 1;
      continue;
    }
    if (told?.state === 'deleted') count.deletes += 1;
    else if (told?.state === 'baseline') count.quiet += 1;
    else if (told?.state === 'announced') count[told.revision === 0 ? 'creates' : 'updates'] += 1;
  }
  return count;
}

function countLive({ objects, elsewhere = 0 }: HoldContext['ledger']): number {
  let live = elsewhere;
  for (const each of objects.values()) if (each.state !== 'deleted' && !isDeed(each)) live += 1;
  return live;
}

import type { Changes } from './changes.ts';
import { isUnresolved } from './deed-changes.ts';
import { isDeed } from './deeds.ts';
import { confirmCommand, listFiles } from './hold-text.ts';
import type { Held, HoldContext } from './holds.ts';
import type { Ledger } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { Hold } from './plan.ts';
import { isMoving } from './planned-deeds.ts';

/**
 * Holds what names something that nobody could resolve: sent now, an answer would hang in no thread and a mention reach nobody.
 * What was told stays as it was told. The owner may send a post all the same; a deed without its object is none.
 */
export function holdUnresolved(changes: Changes, { confirm }: HoldContext): Held {
  const isReleased = ({ id }: ManifestObject) =>
    confirm.has('unresolved') || confirm.has(id) || changes.released.has(id);
  const all = [...changes.added, ...changes.changed.map(({ entry }) => entry)];
  const heldPosts = all.filter((entry) => isUnresolved(entry) && !isDeed(entry) && !isReleased(entry));
  const withPost = new Set(heldPosts.map(({ id }) => id));
  const heldIds = new Set(withPost);
  // A request to quote is held with its post.
  for (const entry of all.filter(isDeed)) {
    if (isUnresolved(entry) && !withPost.has(entry.instrument ?? '')) heldIds.add(entry.id);
  }
  const isFree = ({ id }: ManifestObject) => !heldIds.has(id);
  const held = all.filter((entry) => !isFree(entry));
  if (held.length === 0) return { holds: [], changes };
  const posts = held.filter((entry) => !isDeed(entry));
  const deeds = held.filter((entry) => isDeed(entry));
  return {
    holds: [
      ...holdOfUnresolved(posts, `; to send as it stands: ${confirmCommand('unresolved')}`),
      ...holdOfUnresolved(deeds, ''),
    ],
    changes: {
      ...changes,
      added: changes.added.filter(isFree),
      changed: changes.changed.filter(({ entry }) => isFree(entry)),
    },
  };
}

function holdOfUnresolved(held: readonly ManifestObject[], otherwise: string): Hold[] {
  const [first] = held;
  if (!first) return [];
  const names = [...new Set(held.flatMap(({ unresolved = [] }) => unresolved))];
  return [
    {
      code: 'unresolved',
      ids: held.map(({ id }) => id),
      why: `nobody could say what ${listFiles(names)} ${names.length === 1 ? 'is' : 'are'}, in ${listFiles([...new Set(held.map(({ source }) => source))])}`,
      release: `see that it is spelled right and its server answers: each build asks again${otherwise}`,
    },
  ];
}

/**
 * Holds the change of a poll that was told: votes are for the options that voters saw, and Mastodon drops them all when those
 * change. So is a note that becomes a poll, or was one. Nothing releases it: a new poll is another post.
 */
export function holdPolls(changes: Changes): Held {
  const quietly = changes.quiet.flatMap(({ entry, told }) => (told ? [{ entry, told }] : []));
  const held = [...changes.changed, ...quietly].filter(
    ({ entry, told }) =>
      told.state === 'announced' && (told.type !== entry.type || told.pollDigest !== entry.pollDigest),
  );
  if (held.length === 0) return { holds: [], changes };
  const ids = new Set(held.map(({ entry }) => entry.id));
  return {
    holds: held.map(({ entry, told }): Hold => {
      const was = told.type === 'Question';
      const is = entry.type === 'Question';
      const what =
        was && is ? 'has another poll' : is ? 'has a poll now, which it had not,' : 'has its poll no more, and not as';
      return {
        code: 'poll-changed',
        ids: [entry.id],
        why: `${entry.source} ${what} ${was && is ? 'than it was sent with' : is ? 'when it was sent' : 'it was sent'}; what people chose would be lost`,
        release: was
          ? `put poll in ${entry.source} back as it was; a new poll is a new file`
          : `take poll out of ${entry.source} again; a poll is a file of its own`,
      };
    }),
    changes: {
      ...changes,
      changed: changes.changed.filter(({ entry }) => !ids.has(entry.id)),
      quiet: changes.quiet.filter(({ entry }) => !ids.has(entry.id)),
    },
  };
}

/**
 * Keeps back the requests to quote of posts that are held, each within the hold of its post, for nobody can look at what was
 * not sent; and what would be forgotten of such a post. What releases the post releases them.
 */
export function holdRequests(changes: Changes, holds: readonly Hold[]): Held {
  const holdOf = new Map(holds.flatMap((hold) => hold.ids.map((id) => [id, hold] as const)));
  if (holdOf.size === 0) return { holds, changes };
  const isHeld = ({ instrument = '' }: Pick<ManifestObject, 'instrument'>) => holdOf.has(instrument);
  const requests = new Map<Hold | undefined, string[]>();
  for (const { type, id, instrument = '' } of changes.added) {
    if (type !== 'QuoteRequest' || !holdOf.has(instrument)) continue;
    const hold = holdOf.get(instrument);
    requests.set(hold, [...(requests.get(hold) ?? []), id]);
  }
  return {
    holds: holds.map((hold) => ({ ...hold, ids: [...hold.ids, ...(requests.get(hold) ?? [])] })),
    changes: {
      ...changes,
      added: changes.added.filter((entry) => entry.type !== 'QuoteRequest' || !isHeld(entry)),
      quiet: changes.quiet.filter(({ entry }) => entry.type !== 'QuoteRequest' || !isHeld(entry)),
      forgotten: changes.forgotten.filter(({ told }) => !isHeld(told)),
    },
  };
}

/**
 * Holds what says that the account moved: on a server that believes it followers go, and none comes back by itself. Until
 * then neither the Move nor the Update that says so is sent. Never fails. (FEP-7628)
 */
export function holdMove(manifest: Manifest, ledger: Ledger, confirm: ReadonlySet<string>): Hold[] {
  const { actor } = manifest;
  if (!isMoving(actor, ledger) || confirm.has('account-move') || confirm.has(ledger.actor.id)) return [];
  return [
    {
      code: 'account-move',
      ids: [ledger.actor.id],
      why: `the profile says that the account moved to ${actor.movedTo}: servers would let its followers follow that one instead, and none of them comes back by themselves`,
      release: `see that the other account names ${ledger.actor.id} in alsoKnownAs, then ${confirmCommand('account-move')}; otherwise take movedTo out of content/profile.md`,
    },
  ];
}

import { type Audience, foldInboxes } from '../federation/audience.ts';
import { readRemoteActor } from '../federation/inbox/remote-actor.ts';
import type { LedgerObject } from '../federation/ledger.ts';
import type { Store } from './store/store.ts';

/** Who hears what is told now. */
export interface Listeners {
  /** The followers, folded: they get what is new. */
  readonly audience: Audience;
  /** The inboxes that the Delete of an object goes to. */
  reachedBy(told: LedgerObject | undefined): Promise<readonly string[]>;
}

type ListenerDeps = { readonly store: Pick<Store, 'followers' | 'inboxes' | 'deliveries'> };

const DAY_MS = 86_400_000;

/** Reads the followers once, and what else a Delete needs when there is one. */
export async function readListeners(deps: ListenerDeps): Promise<Listeners> {
  const audience = await readAudience(deps);
  const inboxes = audience.inboxes.map(({ inbox }) => inbox);
  let covered: Promise<ReadonlySet<string>> | undefined;
  return {
    audience,
    async reachedBy(told) {
      covered ??= readCovered(deps, inboxes);
      const known = await covered;
      const others = await deps.store.inboxes.deliveredSince(toldSince(told));
      const sentTo = told === undefined ? [] : await inboxesOfObject(deps, told.id);
      return [...new Set([...inboxes, ...sentTo, ...others.filter((inbox) => !known.has(inbox))])];
    },
  };
}

/** Reads the followers and folds them by shared inbox. */
export async function readAudience({ store }: { readonly store: Pick<Store, 'followers'> }): Promise<Audience> {
  const followers = [];
  for await (const { inbox, sharedInbox } of store.followers.all()) {
    followers.push(sharedInbox === undefined ? { inbox } : { inbox, sharedInbox });
  }
  return foldInboxes(followers);
}

/**
 * Says since when an object may have reached inboxes: never later than it did, so that whoever got the object and follows
 * no more gets its Delete too.
 *
 * As long as an object was not edited, its `published` is at most the instant of its Create, for nothing is sent before
 * its date; a day is taken off for a clock that was set back meanwhile. An Update may have moved `published` to a later
 * date than that of the Create, and the ledger keeps no other: then every inbox counts that anything was ever delivered to.
 */
export function toldSince(told: LedgerObject | undefined): number {
  if (told === undefined || told.revision > 0) return 0;
  const published = Date.parse(told.published);
  return Number.isNaN(published) ? 0 : Math.max(0, published - DAY_MS);
}

/**
 * Where an object is still on its way, so that who left meanwhile would get it and keep it; and where it may have arrived
 * although no good answer came, and so nothing is known to be delivered.
 */
async function inboxesOfObject({ store }: ListenerDeps, id: string): Promise<string[]> {
  const { deliveries } = await store.deliveries.receipts(id);
  return deliveries.flatMap(({ inbox, state, attempts }) =>
    state === 'gone' || (state === 'superseded' && attempts === 0) ? [] : [inbox],
  );
}

/** The inboxes of followers, and those of their own that a shared one stands for: they got an Accept there. */
async function readCovered(
  { store }: { readonly store: Pick<Store, 'followers'> },
  inboxes: readonly string[],
): Promise<ReadonlySet<string>> {
  const covered = new Set(inboxes);
  for await (const { inbox } of store.followers.all()) covered.add(inbox);
  return covered;
}

/**
 * Every inbox that may know the account: the followers', all that anything was ever delivered to or is on its way to, of
 * those whom the ledger has as addressed, and those of the actors in the cache, who wrote to us at least. A shared one stands
 * for all of its server's.
 */
export async function inboxesOfAll({ store }: { readonly store: Store }): Promise<readonly string[]> {
  const inboxes = new Set((await readAudience({ store })).inboxes.map(({ inbox }) => inbox));
  const covered = new Set(await readCovered({ store }, [...inboxes]));
  const add = (inbox: string) => covered.has(inbox) || inboxes.add(inbox);
  for await (const { document } of store.actors.all()) {
    const id = document?.id;
    const read = document && typeof id === 'string' ? readRemoteActor(document, id) : undefined;
    if (read?.kind !== 'actor') continue;
    const { inbox, sharedInbox } = read.actor;
    if (!covered.has(inbox)) add(sharedInbox ?? inbox);
    covered.add(inbox);
  }
  for await (const { inbox } of store.inboxes.all()) add(inbox);
  // Somebody who is followed or was addressed, and never answered.
  for (const told of (await store.ledger.read())?.ledger.objects.values() ?? []) told.inboxes?.forEach(add);
  return [...inboxes];
}

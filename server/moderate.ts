import type { Addresses } from '../federation/addresses.ts';
import {
  type AnswerDeps,
  buildQuoteAccept,
  buildQuoteReject,
  type QuoteReference,
  stampIdOf,
} from '../federation/inbox/accept.ts';
import { readRemoteActor } from '../federation/inbox/remote-actor.ts';
import { ASKS, type Interaction, type InteractionState } from '../federation/interaction.ts';
import type { OutgoingActivity } from '../federation/outcome.ts';
import { buildStampDelete } from '../federation/stamp-delete.ts';
import { sha256Hex } from './crypto.ts';
import { readAudience } from './listeners.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors } from './remote-actors.ts';

export interface ModerateDeps extends Pick<Deps, 'store' | 'documents' | 'clock'> {
  /** Of the blog as the network knows it. */
  readonly addresses: Addresses;
}

export type Decision = 'approve' | 'hide' | 'remove';

/** What came of a decision about one reply, quote, mention, like or boost. */
export interface Decided {
  readonly id: string;
  /**
   * `unchanged`: it was so already. `unknown`: there is no such thing. `removed`: its text is gone, so it cannot be shown.
   * `unreachable`: whoever asked could not be found to be answered, and nothing was changed.
   */
  readonly result: 'changed' | 'unchanged' | 'unknown' | 'removed' | 'unreachable';
  /** The answers to it that are hidden or removed with it, or shown again with it because they were hidden with it. */
  readonly others: number;
  /** New deliveries. */
  readonly sent: number;
}

const STATES: Readonly<Record<Decision, InteractionState>> = { approve: 'shown', hide: 'hidden', remove: 'removed' };

/**
 * Does what the owner decided about one interaction. What it sends is queued before the state is written, and its ids are
 * functions of what they answer: a decision that was cut short is made whole by making it again.
 *
 * To show or hide is between the owner and the page: nobody is told, with one exception. A quote that was asked for is
 * consented to by approving it (stamp and Accept) and refused by hiding or removing it (Reject); a consent that was given is
 * taken back by removing the quote (Delete of the stamp), and stands while it is hidden. Rejects for a fault of our own side
 * alone. (FEP-044f)
 */
export async function moderate(deps: ModerateDeps, decision: Decision, id: string): Promise<Decided> {
  const interaction = await deps.store.interactions.get(id);
  if (interaction === undefined) return { id, result: 'unknown', others: 0, sent: 0 };
  if (interaction.state === 'removed') {
    return { id, result: decision === 'remove' ? 'unchanged' : 'removed', others: 0, sent: 0 };
  }
  const sent = await tell(deps, decision, interaction);
  if (sent === undefined) return { id, result: 'unreachable', others: 0, sent: 0 };
  const { interactions } = deps.store;
  // A quote that is hidden may be consented to later, so it is not forgotten that it was asked for.
  const reason = decision === 'hide' && isAsked(interaction) ? ASKS : undefined;
  const changed = await interactions.setState(id, STATES[decision], reason);
  const others = changed.filter((each) => each !== id);
  const more = decision === 'remove' ? await takeBackAll(deps, others) : 0;
  const result = changed.includes(id) ? 'changed' : 'unchanged';
  return { id, result, others: others.length, sent: sent + more };
}

/** Queues what follows from a decision; undefined when who must be answered is nowhere to be found. */
async function tell(deps: ModerateDeps, decision: Decision, interaction: Interaction): Promise<number | undefined> {
  switch (decision) {
    case 'hide':
      return refuse(deps, interaction);
    case 'approve':
      return isAsked(interaction) ? consent(deps, interaction) : 0;
    case 'remove':
      return (await refuse(deps, interaction)) + (await takeBack(deps, interaction.id));
    default:
      return decision satisfies never;
  }
}

/** One that answers a post of ours and quotes it is kept as a reply. */
function isAsked({ reason }: Interaction): boolean {
  return reason === ASKS;
}

/** The stamp before the Accept that names it: who gets the Accept looks it up. */
async function consent(deps: ModerateDeps, quote: Interaction): Promise<number | undefined> {
  const inbox = await inboxOf(deps, quote.actor);
  if (inbox === undefined) return undefined;
  const request = requestOf(quote);
  const { target, actor } = quote;
  const id = stampIdOf(answerDeps(deps), request);
  await deps.store.stamps.put({ id, quote: quote.id, target, actor, at: timeOf(deps) });
  return queue(deps, buildQuoteAccept(answerDeps(deps), request, id), [inbox]);
}

/** One that cannot be told is refused all the same: without a stamp no server shows the quote. */
async function refuse(deps: ModerateDeps, quote: Interaction): Promise<number> {
  if (!isAsked(quote)) return 0;
  const inbox = await inboxOf(deps, quote.actor);
  return inbox === undefined ? 0 : queue(deps, buildQuoteReject(answerDeps(deps), requestOf(quote)), [inbox]);
}

function requestOf({ activity, actor, id, target }: Interaction): QuoteReference {
  return { id: activity, actor, quote: id, target };
}

async function takeBackAll(deps: ModerateDeps, quotes: readonly string[]): Promise<number> {
  let sent = 0;
  for (const quote of quotes) sent += await takeBack(deps, quote);
  return sent;
}

/**
 * Takes back every stamp of a quote. Revoked before it is told, so that its address answers 410 to who looks; one that was
 * revoked by a run that was cut short is told with the time of then.
 */
async function takeBack(deps: ModerateDeps, quote: string): Promise<number> {
  const { stamps } = deps.store;
  let sent = 0;
  for (const stamp of await stamps.ofQuote(quote)) {
    const revoked = stamp.revoked ?? timeOf(deps);
    await stamps.revoke(stamp.id, revoked);
    // Who follows is told with the followers: at the inbox that they share.
    const isFollower = (await deps.store.followers.get(stamp.actor)) !== undefined;
    const inbox = isFollower ? undefined : await inboxOf(deps, stamp.actor);
    const followers = (await readAudience(deps)).inboxes.map((each) => each.inbox);
    const inboxes = [...new Set([...(inbox === undefined ? [] : [inbox]), ...followers])];
    sent += await queue(deps, buildStampDelete(answerDeps(deps), stamp, revoked), inboxes);
  }
  return sent;
}

/** Nothing is sent any more once the account was deleted. */
async function queue(deps: ModerateDeps, activity: OutgoingActivity, inboxes: readonly string[]): Promise<number> {
  const { store } = deps;
  if ((await store.ledger.head())?.actor.deleted !== undefined) return 0;
  const now = deps.clock();
  await store.activities.put(activity, { now });
  return store.deliveries.enqueue(activity.id, inboxes, { now });
}

/** Where an actor is answered: as a follower, or as its document says now or did lately. */
async function inboxOf(deps: ModerateDeps, actor: string): Promise<string | undefined> {
  const follower = await deps.store.followers.get(actor);
  if (follower !== undefined) return follower.inbox;
  const lookup = await openRemoteActors(deps).document(actor);
  const read = lookup.kind === 'document' ? readRemoteActor(lookup.document, actor) : undefined;
  return read?.kind === 'actor' ? read.actor.inbox : undefined;
}

function answerDeps({ addresses }: ModerateDeps): AnswerDeps {
  return { addresses, sha256: sha256Hex };
}

function timeOf({ clock }: ModerateDeps): string {
  return new Date(clock()).toISOString();
}

import { ASKS, type Interaction, isSaid, type Stamp } from '../interaction.ts';
import { accepted, type Effect, ignored, type Outcome, refused } from '../outcome.ts';
import { buildQuoteAccept, buildQuoteReject, type QuoteReference, stampIdOf } from './accept.ts';
import type { Activity, Thing } from './activity.ts';
import { ownPostOf } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { contentOf, interactionOf, isOutdated, isReadable, type Post, tell, tellOfWord } from './create.ts';
import { refuseUnusable } from './follow.ts';
import { hasWord, isLimited, MAX_RECENT, moderate } from './moderate.ts';
import { ACTOR_UNAVAILABLE, refuseForeign } from './ownership.ts';
import { placeOf } from './place.ts';

/** A request that was found to be in order. */
interface Asked extends QuoteReference {
  readonly inbox: string;
  /** Absent when the quote is not public or no text: then it can be allowed, but not kept. */
  readonly post: Post | undefined;
}

/**
 * Decides a QuoteRequest: a stamp and an Accept, the owner's decision, or a Reject, as the rules say.
 *
 * The quoting post must be the requester's own, on its origin and attributed to it, and must quote the post of ours that
 * is asked about; the stamp binds both posts (FEP-044f; stamp forging, Mastodon GHSA-q4g8-82c5-9h33). Asked again, the
 * same answer is given with the same id. What the owner removed, or hid instead of consenting, is refused; what waits or
 * was shown already is not asked of the owner again.
 */
export function decideQuoteRequest(activity: Activity, context: DecisionContext): Outcome {
  const { instrument } = activity;
  const object = ownPostOf(activity.object.id, context)?.id;
  if (object === undefined) return ignored('not-concerned');
  if (context.isUndone) return ignored('undone');
  if (instrument?.id === undefined) return refused('no-instrument', 400, 'The request names no quoting post.');
  const fault = faultOf(instrument, instrument.id, activity.actor, object, context);
  if (fault !== undefined) return fault;
  const { remoteActor } = context;
  if (remoteActor?.kind !== 'actor') return refuseUnusable(remoteActor);
  if (context.author === undefined) return ACTOR_UNAVAILABLE;
  const request = { id: activity.id, actor: activity.actor, target: object, quote: instrument.id };
  const post = postOf(instrument, instrument.id, context);
  return answer({ ...request, inbox: remoteActor.actor.inbox, post }, context);
}

function faultOf(
  instrument: Thing,
  id: string,
  actor: string,
  object: string,
  context: DecisionContext,
): Outcome | undefined {
  const foreign = refuseForeign(instrument, id, actor);
  if (foreign !== undefined) return foreign;
  // Nobody is asked for an actor as a post.
  if (id === actor) return refused('instrument-no-post', 400, 'The instrument is the actor, and no post.');
  if (instrument.embedded === undefined) {
    return refused('instrument-unavailable', 503, 'The quoting post could not be fetched: try again later.');
  }
  if (!instrument.attributedTo.includes(actor)) {
    return refused('not-the-author', 403, 'The quoting post is not attributed to the actor.');
  }
  const isQuoted = instrument.quotes.some((each) => ownPostOf(each, context)?.id === object);
  return isQuoted ? undefined : refused('quotes-another', 400, 'The quoting post does not quote that post.');
}

function postOf(instrument: Thing, id: string, context: DecisionContext): Post | undefined {
  const { author } = context;
  const json = instrument.embedded;
  const place = placeOf(instrument, context);
  if (json === undefined || place === undefined || author === undefined) return undefined;
  if (!instrument.isPublic || context.isWithdrawn === true || !isReadable(instrument)) return undefined;
  const content = contentOf(json, id, context);
  const { existing } = context;
  const stored =
    existing !== undefined && isOutdated({ content, type: 'Update' }, existing) ? existing.content : undefined;
  return { id, json, place, content: stored ?? content, author };
}

function answer(asked: Asked, context: DecisionContext): Outcome {
  const { rules, follower, existing } = context;
  if (existing !== undefined && (isRefused(existing) || !isSaid(existing))) return reject(asked, context);
  switch (rules.quotes) {
    case 'nobody':
      return reject(asked, context);
    case 'followers':
      return follower === undefined ? reject(asked, context) : allowOrAsk(asked, context);
    case 'anyone':
      return allowOrAsk(asked, context);
    case 'ask':
      if (isConsented(asked, context)) return allow(asked, context);
      // The owner has decided not to see it: nobody would answer.
      return existing?.state === 'hidden' ? reject(asked, context) : ask(asked, context);
    default:
      return rules.quotes satisfies never;
  }
}

function isRefused({ state, reason }: Interaction): boolean {
  return state === 'removed' || (state === 'hidden' && reason === ASKS);
}

/** What the owner shows as a reply was not consented to as a quote: anybody may add one by an edit. */
function isConsented({ target }: Asked, { existing, isStamped }: DecisionContext): boolean {
  return isStamped === true || (existing?.state === 'shown' && existing.kind === 'quote' && existing.target === target);
}

/** What would be held for who says it or by which words waits for the owner; the rest is what the post's policy promises. */
function allowOrAsk(asked: Asked, context: DecisionContext): Outcome {
  const isDoubtful = isLimited(context, asked.actor) || hasWord(asked.post?.content, context);
  return isDoubtful && context.existing?.state !== 'shown' ? ask(asked, context) : allow(asked, context);
}

function allow(asked: Asked, context: DecisionContext): Outcome {
  const { target, quote, actor, inbox } = asked;
  const id = stampIdOf(context, { quote, target });
  const stamp: Stamp = { id, quote, target, actor, at: context.now };
  return accepted([
    { type: 'store-stamp', stamp },
    ...kept(asked, context),
    { type: 'send', activity: buildQuoteAccept(context, asked, id), inbox, again: true },
  ]);
}

/** A quote may be allowed and yet not be taken into the thread, as with any other. */
function kept({ post, id: request, actor }: Asked, context: DecisionContext): Effect[] {
  if (post === undefined) return [];
  const verdict = moderate({ ...post.place, content: post.content }, context, actor);
  if (verdict.kind === 'ignored') return [];
  const { existing } = context;
  // Consent is given now, so it does not wait for it any more.
  const waited = existing?.reason === ASKS ? undefined : existing;
  const interaction = interactionOf(post, request, verdict, { ...context, existing: waited });
  const store: Effect = { type: 'store-interaction', interaction, author: post.author };
  const isTold = (existing === undefined || existing.activity === request) && interaction.reason !== 'limited';
  const told = isTold ? [tell(post.place.kind, { id: post.id, interaction, author: post.author }, context)] : [];
  return [...tellOfWord(post, request, context), store, ...told];
}

/**
 * The quote itself is what waits, so one that cannot be kept cannot be asked about: the owner would decide unseen. Nor can
 * one that is a reply in the thread of another post: what waits has one target, and that is what the Accept would name.
 */
function ask(asked: Asked, context: DecisionContext): Outcome {
  const { post, id: request } = asked;
  if (post === undefined || post.place.target !== asked.target) return reject(asked, context);
  if (context.recently >= MAX_RECENT && context.existing === undefined) return ignored('too-many');
  const verdict = { kind: 'held', reason: ASKS } as const;
  const interaction = interactionOf(post, request, verdict, context);
  const store: Effect = { type: 'store-interaction', interaction, author: post.author };
  if (isLimited(context, asked.actor)) return accepted([store]);
  return accepted([store, tell('quote-request', { id: post.id, interaction, author: post.author }, context)]);
}

function reject(asked: Asked, context: DecisionContext): Outcome {
  const { inbox } = asked;
  return accepted([{ type: 'send', activity: buildQuoteReject(context, asked), inbox, again: true }]);
}

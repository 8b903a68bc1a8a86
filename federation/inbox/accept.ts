import { type Addresses, activityId, stampId } from '../addresses.ts';
import { ACTIVITY_STREAMS, contextOf } from '../contexts.ts';
import type { OutgoingActivity } from '../outcome.ts';
import type { JsonObject } from '../vocabulary.ts';

export interface AnswerDeps {
  readonly addresses: Addresses;
  /** Hex SHA-256. */
  readonly sha256: (text: string) => string;
}

/** The Follow that is answered: its own id, and who sent it. */
export interface FollowReference {
  readonly id: string;
  readonly actor: string;
}

/**
 * Builds the Accept of a Follow.
 *
 * Its id depends on the Follow alone, so that the same Follow is answered by the same Accept. The Follow is embedded in
 * full with its original id: Mastodon looks for the id first and for `object.actor` next, Misskey resolves the object
 * (ActivityPub §7.5).
 */
export function buildAccept(deps: AnswerDeps, follow: FollowReference): OutgoingActivity {
  return buildFollowAnswer(deps, 'Accept', follow);
}

/** Builds the Reject of a Follow, in the shape of its Accept; Mastodon also ends an existing follow (ActivityPub §7.7). */
export function buildReject(deps: AnswerDeps, follow: FollowReference): OutgoingActivity {
  return buildFollowAnswer(deps, 'Reject', follow);
}

function buildFollowAnswer(
  deps: AnswerDeps,
  type: 'Accept' | 'Reject',
  { id, actor }: FollowReference,
): OutgoingActivity {
  const follow = { id, type: 'Follow', actor, object: deps.addresses.actor };
  return buildAnswer(deps, type, follow, { '@context': ACTIVITY_STREAMS });
}

/** The QuoteRequest that is answered: its own id, who asks, which post quotes, and which of ours is quoted. */
export interface QuoteReference {
  readonly id: string;
  readonly actor: string;
  /** The `instrument`. */
  readonly quote: string;
  /** The `object`. */
  readonly target: string;
}

/** Gives the id of the consent to a quote: it binds both posts. Never fails. (FEP-044f, QuoteAuthorization) */
export function stampIdOf(
  { addresses, sha256 }: AnswerDeps,
  { quote, target }: Pick<QuoteReference, 'quote' | 'target'>,
): string {
  return stampId(addresses.origin, sha256(`${quote}\n${target}`).slice(0, 32));
}

/**
 * Builds the Accept of a QuoteRequest: `result` is the id of the stamp, which Mastodon requires on the host of our actor.
 *
 * Its id depends on the request alone, so that who asks again gets the same answer, now or once the owner has decided. Never
 * fails. (FEP-044f, QuoteRequest)
 */
export function buildQuoteAccept(deps: AnswerDeps, request: QuoteReference, stamp: string): OutgoingActivity {
  return buildQuoteAnswer(deps, 'Accept', request, { result: stamp });
}

/** Builds the Reject of a QuoteRequest, in the shape of its Accept. Never fails. (FEP-044f, QuoteRequest) */
export function buildQuoteReject(deps: AnswerDeps, request: QuoteReference): OutgoingActivity {
  return buildQuoteAnswer(deps, 'Reject', request, {});
}

function buildQuoteAnswer(
  deps: AnswerDeps,
  type: 'Accept' | 'Reject',
  { id, actor, target, quote }: QuoteReference,
  result: JsonObject,
): OutgoingActivity {
  const request = { id, type: 'QuoteRequest', actor, object: target, instrument: quote };
  return buildAnswer(deps, type, request, { '@context': contextOf(['QuoteRequest']), ...result });
}

/** Says yes or no to what `asked` embeds. The id is made of who asked, and by which activity. */
function buildAnswer(
  { addresses, sha256 }: AnswerDeps,
  type: 'Accept' | 'Reject',
  asked: JsonObject & FollowReference,
  more: JsonObject,
): OutgoingActivity {
  const id = activityId(addresses.origin, type, sha256(`${type}\n${asked.actor}\n${asked.id}`).slice(0, 32));
  const json = { ...more, id, type, actor: addresses.actor, object: asked, to: [asked.actor] } satisfies JsonObject;
  return { id, type, object: asked.id, json };
}

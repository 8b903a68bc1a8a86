import { toTime } from '../dates.ts';
import {
  ASKS,
  type Author,
  type Interaction,
  type InteractionContent,
  type InteractionState,
  isHiddenWithParent,
  isSaid,
} from '../interaction.ts';
import { accepted, type Effect, ignored, type Outcome } from '../outcome.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { Activity, Thing } from './activity.ts';
import type { DecisionContext } from './context.ts';
import { isAboutItself } from './delete.ts';
import { decideMessage } from './message.ts';
import { bringsWord, moderate, type Verdict } from './moderate.ts';
import { notify } from './notification.ts';
import { ACTOR_UNAVAILABLE, refuseForeign } from './ownership.ts';
import { type Place, placeOf } from './place.ts';
import { readContent } from './read-content.ts';
import { decideActorUpdate } from './update-actor.ts';
import { decideVote } from './vote.ts';

/** What can be shown as text. */
const READABLE: ReadonlySet<string> = new Set(['Note', 'Article', 'Page', 'Question']);

/** A post of somebody with everything that is needed to keep it. */
export interface Post {
  readonly id: string;
  readonly json: JsonObject;
  readonly place: Place;
  readonly content: InteractionContent;
  readonly author: Author;
}

/**
 * Decides a Create or an Update: a public reply, quote or mention is kept and shown or held by the owner's rules; what is
 * not public is a message, and does not become public again by what was sent before.
 *
 * The object must be the actor's own. An answer to a poll of ours is a vote, and shown to nobody. An Update of something unknown
 * counts as its Create; a Create or Update that is older than what is stored changes nothing, so they may come in any
 * order (ActivityPub §7.2, §7.3).
 */
export function decidePost(activity: Activity, context: DecisionContext): Outcome {
  if (isAboutItself(activity)) return decideActorUpdate(activity, context);
  const { object, actor } = activity;
  const { id, embedded } = object;
  if (id === undefined) return ignored('object-without-id');
  const foreign = refuseForeign(object, id, actor);
  if (foreign !== undefined) return foreign;
  if (embedded === undefined) return ignored('object-not-embedded');
  if (object.vote) return decideVote(activity, context);
  if (context.isUndone) return ignored('undone');
  if (!isForEverybody(activity, object)) return decideMessage(activity, { id, json: embedded }, context);
  if (context.isWithdrawn === true) return ignored('withdrawn');
  const place = placeOf(object, context, activity.recipients);
  if (place === undefined) return ignored('not-concerned');
  if (!isReadable(object)) return ignored('unsupported-object');
  if (context.author === undefined) return ACTOR_UNAVAILABLE;
  const content = contentOf(embedded, id, context);
  return keepPost(activity, { id, json: embedded, place, content, author: context.author }, context);
}

/** Says whether an object can be shown as text. */
export function isReadable({ types }: Thing): boolean {
  return types.some((type) => READABLE.has(type));
}

/** Reads what an object says; what was edited keeps the date at which it was written. */
export function contentOf(
  json: JsonObject,
  id: string,
  { now, readText, existing }: DecisionContext,
): InteractionContent {
  return asFirstPublished(readContent(json, id, { now, readText }), existing?.content?.published);
}

/** Gives what an edit says with the date at which it was written, where that is known. RFC 3339 UTC. */
export function asFirstPublished(content: InteractionContent, published: string | undefined): InteractionContent {
  if (published === undefined || content.published === published) return content;
  const { updated, ...rest } = content;
  return { ...rest, published, ...(updated !== undefined && updated > published ? { updated } : {}) };
}

/** Gives the interaction that a post is, in the state that the rules give it. */
export function interactionOf(
  post: Post,
  activity: string,
  verdict: Exclude<Verdict, { kind: 'ignored' }>,
  { now, existing }: DecisionContext,
): Interaction {
  const { id, place, content, author } = post;
  const reason = verdict.kind === 'held' ? { reason: verdict.reason } : {};
  const state: Pick<Interaction, 'state' | 'reason'> = { state: verdict.kind, ...reason };
  return {
    id,
    kind: place.kind,
    target: place.target,
    actor: author.actor,
    ...(existing !== undefined && keepsState(existing) ? stateOf(existing) : state),
    ...(place.inReplyTo === undefined ? {} : { inReplyTo: place.inReplyTo }),
    activity,
    content,
    at: existing?.at ?? now,
  };
}

/** Says whether a post is older than what is stored of it, or no newer although it only says that it was made. */
export function isOutdated(
  { content, type }: { content: InteractionContent; type: 'Create' | 'Update' },
  existing: Pick<Interaction, 'content'>,
): boolean {
  const stored = toTime(existing.content?.updated ?? existing.content?.published);
  const sent = toTime(content.updated ?? content.published);
  if (stored === undefined || sent === undefined) return false;
  return type === 'Update' ? sent < stored : content.updated === undefined || sent <= stored;
}

function keepPost(activity: Activity, post: Post, context: DecisionContext): Outcome {
  const { existing } = context;
  const { place, content, author, id } = post;
  if (existing?.state === 'removed') return ignored('removed');
  if (existing !== undefined && !isSaid(existing)) return ignored('id-in-use');
  // The same activity once more ends what a crash has cut short, so it changes what it changed.
  const isAgain = existing?.activity === activity.id;
  const type = activity.type === 'Update' || isAgain ? 'Update' : 'Create';
  if (existing !== undefined && isOutdated({ content, type }, existing)) return ignored('outdated');
  const verdict = moderate({ ...place, content }, context, activity.actor);
  if (verdict.kind === 'ignored') return ignored(verdict.reason);
  const interaction = interactionOf(post, existing?.activity ?? activity.id, verdict, context);
  const store: Effect = { type: 'store-interaction', interaction, author };
  const isTold = (existing === undefined || isAgain) && interaction.reason !== 'limited';
  const told = isTold ? [tell(place.kind, { id, interaction, author }, context)] : [];
  return accepted([...tellOfWord(post, activity.id, context), store, ...told]);
}

/**
 * Tells the owner of an edit that brings a word to what was shown; once for each, by the activity that brought it. Goes
 * before it is stored: once it is, nothing shows any more that it was shown without.
 */
export function tellOfWord({ id, place, content, author }: Post, activity: string, context: DecisionContext): Effect[] {
  if (!bringsWord(content, context)) return [];
  const { actor, handle } = author;
  const about = { actor, handle, target: place.target, interaction: id, at: context.now };
  return [notify(place.kind, `${id} edited ${activity}`, about)];
}

/** Tells the owner of something that was said. */
export function tell(
  kind: Place['kind'] | 'quote-request',
  { id, interaction, author }: { id: string; interaction: Interaction; author: Author },
  { now }: Pick<DecisionContext, 'now'>,
): Effect {
  const { actor, target } = interaction;
  return notify(kind, id, { actor, handle: author.handle, target, interaction: interaction.id, at: now });
}

/**
 * What the owner hid stays hidden, and what waits for consent goes on waiting, whatever an edit says. Of what is hidden with
 * its parent the store decides: the parent may be shown by then.
 */
function keepsState(existing: Interaction): boolean {
  const { state, reason } = existing;
  return (state === 'hidden' && !isHiddenWithParent(existing)) || (state === 'held' && reason === ASKS);
}

function stateOf({ state, reason }: Interaction): { state: InteractionState; reason?: string } {
  return { state, ...(reason === undefined ? {} : { reason }) };
}

/** Says whether an object is public: one that names nobody is for those for whom its activity is. */
export function isForEverybody(activity: Activity, object: Thing): boolean {
  return object.recipients.length === 0 ? activity.isPublic : object.isPublic;
}

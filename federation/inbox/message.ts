import type { Interaction, Message } from '../interaction.ts';
import { accepted, type Effect, ignored, type Outcome, withdrawnMark } from '../outcome.ts';
import type { RichText } from '../rich-text.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { Activity, Thing } from './activity.ts';
import { concernOf, ownPostOf } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { isLimited, MAX_RECENT } from './moderate.ts';
import { notifyOfSealed } from './notification.ts';
import { ACTOR_UNAVAILABLE } from './ownership.ts';
import { readContent } from './read-content.ts';

/**
 * Decides an object that is not public and concerns the blog: it is sealed for the owner and shown nowhere.
 *
 * One that was public before is public no more, so what was shown of it goes. Without a key to seal for it cannot be kept.
 */
export function decideMessage(
  activity: Activity,
  object: { readonly id: string; readonly json: JsonObject },
  context: DecisionContext,
): Outcome {
  const thing = activity.object;
  const { existing, rules, author, recently } = context;
  const { id } = object;
  const withdrawn = withdraw(activity, id, existing);
  const ends = (reason: string): Outcome => (existing === undefined ? ignored(reason) : accepted(withdrawn));
  if (concernOf(thing, activity.recipients, context) === undefined) return ends('not-concerned');
  if (rules.messageKey === undefined) return ends('no-message-key');
  if (recently >= MAX_RECENT) return ends('too-many');
  if (author === undefined) return ACTOR_UNAVAILABLE;
  const message = messageOf(thing, object, { ...context, author });
  const store: Effect = { type: 'store-message', message };
  if (isLimited(context, activity.actor)) return accepted([...withdrawn, store]);
  const told = notifyOfSealed('message', { id, actor: author.actor, at: context.now }, context.sha256);
  return accepted([...withdrawn, store, told]);
}

/** An Update may overtake the public Create. */
function withdraw({ type, actor }: Activity, id: string, existing: Interaction | undefined): readonly Effect[] {
  const removed: readonly Effect[] =
    existing === undefined ? [] : [{ type: 'remove-interaction', of: { actor, id: existing.id } }];
  const isWithdrawn = existing !== undefined || type === 'Update';
  return isWithdrawn ? [...removed, { type: 'mark', mark: withdrawnMark(actor, id) }] : [];
}

type WithAuthor = DecisionContext & { readonly author: NonNullable<DecisionContext['author']> };

function messageOf(thing: Thing, { id, json }: { id: string; json: JsonObject }, context: WithAuthor): Message {
  const { author, now, readText } = context;
  const { text, title, contentWarning, url, attachments, published } = readContent(json, id, { now, readText });
  const inReplyTo = thing.inReplyTo[0];
  const heading: RichText = title === undefined ? [] : [{ tag: 'p', children: [{ tag: 'strong', children: [title] }] }];
  return {
    id,
    kind: 'message',
    actor: author.actor,
    handle: author.handle,
    about: postsOf(thing, context),
    text: [...heading, ...text],
    ...(contentWarning === undefined ? {} : { contentWarning }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    url,
    attachments,
    published,
    at: now,
  };
}

/** The posts of ours that it answers or quotes, the one in whose thread it is among them. */
function postsOf(thing: Thing, context: DecisionContext): string[] {
  const named = [...thing.inReplyTo, ...thing.quotes].map((each) => ownPostOf(each, context)?.id);
  const inThread = ownPostOf(context.parent?.target, context)?.id;
  return [...new Set([...named, inThread].filter((each) => each !== undefined))];
}

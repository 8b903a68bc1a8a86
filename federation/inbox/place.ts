import { type Interaction, isSaid, type SaidKind } from '../interaction.ts';
import type { Thing } from './activity.ts';
import { namesActor, ownPostOf } from './concerns.ts';
import type { DecisionContext } from './context.ts';

/** Where something that was said belongs. */
export interface Place {
  readonly kind: SaidKind;
  /** The id of the post whose thread it is in; for a mention, the blog's actor. */
  readonly target: string;
  /** As the object says it, or the id of our post when it named the page. */
  readonly inReplyTo?: string;
  /** The reply or quote that it answers. */
  readonly parent?: Interaction;
}

/**
 * Gives the place of a public object, or undefined when it is not about the blog.
 *
 * What answers a post of ours, or a reply or quote in its thread, is a reply, whatever else it does; else what quotes a
 * post is a quote; else what mentions the blog or is addressed to it is a mention. An edit moves nothing: what is stored
 * stays where it is, also when the edit has lost its mention.
 */
export function placeOf(
  object: Thing,
  context: DecisionContext,
  recipients: readonly string[] = [],
): Place | undefined {
  const { existing, parent, addresses } = context;
  const answered = firstPost(object.inReplyTo, context);
  const inReplyTo = answered ?? parent?.id ?? object.inReplyTo[0];
  const reference = inReplyTo === undefined ? {} : { inReplyTo };
  if (existing !== undefined && isSaid(existing)) return placeAgain(existing, parent);
  if (answered !== undefined) return { kind: 'reply', target: answered, ...reference };
  if (parent !== undefined && isInThread(parent)) return { kind: 'reply', target: parent.target, ...reference, parent };
  const quoted = firstPost(object.quotes, context);
  if (quoted !== undefined) return { kind: 'quote', target: quoted, ...reference };
  const addressed = [...object.mentions, ...object.recipients, ...recipients];
  if (addressed.some((each) => namesActor(each, context)))
    return { kind: 'mention', target: addresses.actor, ...reference };
  return undefined;
}

function isInThread({ kind }: Interaction): boolean {
  return kind === 'reply' || kind === 'quote';
}

function placeAgain(
  { kind, target, inReplyTo }: Interaction & { readonly kind: SaidKind },
  parent: Interaction | undefined,
): Place {
  const isBelow = parent !== undefined && parent.id === inReplyTo && isInThread(parent);
  return { kind, target, ...(inReplyTo === undefined ? {} : { inReplyTo }), ...(isBelow ? { parent } : {}) };
}

function firstPost(references: readonly string[], context: DecisionContext): string | undefined {
  for (const reference of references) {
    const post = ownPostOf(reference, context);
    if (post !== undefined) return post.id;
  }
  return undefined;
}

import type { Interaction } from '../interaction.ts';
import type { Activity, Thing } from './activity.ts';
import type { DecisionContext, OwnPost } from './context.ts';

/** What is needed to tell whether something is about the blog. */
export type ConcernContext = Pick<DecisionContext, 'addresses' | 'ownPost' | 'parent' | 'existing'>;

/**
 * Gives the post or actor of ours that an activity is about, or undefined when it does not concern the blog.
 *
 * Each type is about what it acts on. A Create or Update is about what its object replies to, quotes, mentions and is
 * addressed to, in this order, and about the thread that it answers in or was kept in before. The followers collection is
 * nobody: a stranger may address it (ActivityPub §7.1.2, where inbox forwarding asks the same).
 */
export function concerns(activity: Activity, context: ConcernContext): string | undefined {
  const { object, objects, target } = activity;
  switch (activity.type) {
    case 'Like':
    case 'EmojiReact':
    case 'Announce':
    case 'QuoteRequest':
      return ownPostOf(object.id, context)?.id;
    case 'Follow':
    case 'Block':
    case 'Flag':
      return first(objects.map(({ id }) => ownTarget(id, context)));
    case 'Accept':
    case 'Reject':
      return isOwnActivity(object, context) ? context.addresses.actor : undefined;
    case 'Move':
      return ownTarget(target, context);
    case 'Undo':
      return ownTarget(object.object, context) ?? context.existing?.target;
    case 'Delete':
      return context.existing?.target;
    case 'Create':
    case 'Update':
      return concernOf(object, activity.recipients, context);
    default:
      return activity.type satisfies never;
  }
}

/** Gives the id of ours that a reference names: a post by id or page, the actor by id or home page. */
export function ownTarget(reference: string | undefined, context: ConcernContext): string | undefined {
  return namesActor(reference, context) ? context.addresses.actor : ownPostOf(reference, context)?.id;
}

/** Gives the post of ours that a reference names, by id or page. */
export function ownPostOf(reference: string | undefined, context: ConcernContext): OwnPost | undefined {
  return reference?.startsWith(`${context.addresses.origin}/`) ? context.ownPost(reference) : undefined;
}

/** Says whether a reference names the blog's actor. GoToSocial takes a mention's href as id or page, so it may send back either. */
export function namesActor(reference: string | undefined, { addresses }: ConcernContext): boolean {
  const { actor, origin } = addresses;
  return reference !== undefined && (reference === actor || reference === origin || reference === `${origin}/`);
}

/** Says whether something may be an activity that the blog sent: by its id, or by its actor where it is embedded. */
function isOwnActivity({ id, actor }: Thing, { addresses }: ConcernContext): boolean {
  return id?.startsWith(`${addresses.origin}/ap/activities/`) === true || actor === addresses.actor;
}

/** Gives the post or actor that an object is about; `recipients`: those of the activity around it. */
export function concernOf(object: Thing, recipients: readonly string[], context: ConcernContext): string | undefined {
  const references = [...object.inReplyTo, ...object.quotes];
  return (
    first(references.map((reference) => ownTarget(reference, context))) ??
    threadOf(context.parent) ??
    context.existing?.target ??
    first([...object.mentions, ...recipients, ...object.recipients].map((reference) => ownTarget(reference, context)))
  );
}

/** Below a mention there is no thread of ours: who answers it may speak to somebody else. */
function threadOf(parent: Interaction | undefined): string | undefined {
  return parent?.kind === 'mention' ? undefined : parent?.target;
}

function first(found: readonly (string | undefined)[]): string | undefined {
  return found.find((each) => each !== undefined);
}

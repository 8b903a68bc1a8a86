import { type Author, INTERACTION_KINDS, INTERACTION_STATES, type Interaction } from '../../federation/interaction.ts';
import type { InteractionReference } from '../../federation/outcome.ts';
import type { KeptInteraction } from './interaction-rules.ts';
import { integer, jsonOf, maybeJson, maybeText, oneOf, type Row, storable, text } from './sqlite-rows.ts';
import { isContent, isEmojis, isReaction } from './stored-content.ts';

export function interactionOf(row: Row): Interaction {
  return {
    id: text(row, 'id'),
    kind: oneOf(row, 'kind', INTERACTION_KINDS),
    target: text(row, 'target'),
    actor: text(row, 'actor'),
    state: oneOf(row, 'state', INTERACTION_STATES),
    ...maybeText(row, 'reason', 'reason'),
    ...maybeText(row, 'in_reply_to', 'inReplyTo'),
    activity: text(row, 'activity'),
    ...maybeJson(row, 'content', 'content', isContent),
    ...maybeJson(row, 'emoji', 'emoji', isReaction),
    at: text(row, 'at'),
  };
}

export function keptOf(row: Row): KeptInteraction {
  return { interaction: interactionOf(row), isApproved: integer(row, 'approved') === 1 };
}

export function authorOf(row: Row): Author {
  return {
    actor: text(row, 'actor'),
    ...maybeText(row, 'name', 'name'),
    handle: text(row, 'handle'),
    url: text(row, 'url'),
    ...maybeText(row, 'avatar', 'avatar'),
    emojis: jsonOf(row, 'emojis', isEmojis),
    at: text(row, 'at'),
  };
}

/** The same with ids as they are stored, so that those that are given compare with those that are read. */
export function storableIds(interaction: Interaction): Interaction {
  const { id, target, actor, activity, inReplyTo } = interaction;
  return {
    ...interaction,
    id: storable(id),
    target: storable(target),
    actor: storable(actor),
    activity: storable(activity),
    ...(inReplyTo === undefined ? {} : { inReplyTo: storable(inReplyTo) }),
  };
}

export function storableReference(of: InteractionReference): InteractionReference {
  const actor = storable(of.actor);
  return 'id' in of ? { actor, id: storable(of.id) } : { ...of, actor, target: storable(of.target) };
}

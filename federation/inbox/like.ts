import type { Interaction, InteractionKind } from '../interaction.ts';
import { accepted, type Effect, ignored, type Outcome } from '../outcome.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { Activity } from './activity.ts';
import { own } from './bounds.ts';
import { ownPostOf } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { moderate } from './moderate.ts';
import { notify } from './notification.ts';
import { ACTOR_UNAVAILABLE } from './ownership.ts';
import { readEmojis } from './read-emoji.ts';

type Emoji = NonNullable<Interaction['emoji']>;

/**
 * Decides a Like or an EmojiReact of a post of ours.
 *
 * Only the id of the post counts; our own object is the truth, whatever copy is embedded. Nobody addresses a Like, so
 * everyone counts as public. One with a character or a custom emoji is a reaction: Misskey's Like with `content`, the
 * EmojiReact of Pleroma and its kin (FEP-c0e0).
 */
export function decideLike(activity: Activity, context: DecisionContext): Outcome {
  const emoji = emojiOf(activity.json);
  return keepReaction(activity, { kind: 'like', ...(emoji === undefined ? {} : { emoji }) }, context);
}

/** Keeps a like or boost of a post of ours under the activity's id, in the state that the rules give it. */
export function keepReaction(
  activity: Activity,
  reaction: { readonly kind: Extract<InteractionKind, 'like' | 'boost'>; readonly emoji?: Emoji },
  context: DecisionContext,
): Outcome {
  const { now, author, isUndone } = context;
  const { id, actor } = activity;
  const target = ownPostOf(activity.object.id, context)?.id;
  if (target === undefined) return ignored('not-concerned');
  if (isUndone) return ignored('undone');
  if (author === undefined) return ACTOR_UNAVAILABLE;
  const verdict = moderate({ kind: reaction.kind, target }, context, actor);
  if (verdict.kind === 'ignored') return ignored(verdict.reason);
  const reason = verdict.kind === 'held' ? { reason: verdict.reason } : {};
  const interaction: Interaction = {
    id,
    ...reaction,
    target,
    actor,
    state: verdict.kind,
    ...reason,
    activity: id,
    at: now,
  };
  const store: Effect = { type: 'store-interaction', interaction, author };
  if (interaction.reason === 'limited') return accepted([store]);
  const told = notify(reaction.kind, id, { actor, handle: author.handle, target, interaction: id, at: now });
  return accepted([store, told]);
}

/** Misskey writes `:name@.:` for its own emoji and `:name@host:` for another server's. */
const CUSTOM = /^:([\w+.-]{1,64})(?:@[\w.-]{1,253})?:$/;
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
/** A family of four with skin tones comes to 41 UTF-16 units. */
const MAX_EMOJI = 64;

function emojiOf(json: JsonObject): Emoji | undefined {
  for (const key of ['content', '_misskey_reaction']) {
    const written = own(json, key);
    const emoji = typeof written === 'string' ? readEmoji(written.trim(), json) : undefined;
    if (emoji !== undefined) return emoji;
  }
  return undefined;
}

/** Anything else that stands there is no reaction, and the Like is a plain one. */
function readEmoji(text: string, json: JsonObject): Emoji | undefined {
  const shortcode = CUSTOM.exec(text)?.[1];
  if (shortcode !== undefined) {
    const icon = readEmojis(own(json, 'tag')).find((each) => sameShortcode(each.shortcode, shortcode))?.icon;
    return { text: `:${shortcode}:`, ...(icon === undefined ? {} : { icon }) };
  }
  const isOne =
    text.length <= MAX_EMOJI && PICTOGRAPH.test(text) && [...new Intl.Segmenter().segment(text)].length === 1;
  return isOne ? { text } : undefined;
}

/** In the tag Misskey may write the host, too. */
function sameShortcode(name: string, shortcode: string): boolean {
  return name === shortcode || name.startsWith(`${shortcode}@`);
}

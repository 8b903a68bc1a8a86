import { toTime } from '../dates.ts';
import type { ReadingItem } from '../heard.ts';
import { accepted, type Effect, ignored, type Outcome, undoneMark, withdrawnMark } from '../outcome.ts';
import { primaryLanguage } from '../rules.ts';
import type { Activity, Thing } from './activity.ts';
import { isBlocked } from './blocks.ts';
import type { DecisionContext, Reads } from './context.ts';
import { asFirstPublished, isForEverybody, isOutdated, isReadable } from './create.ts';
import { ACTOR_UNAVAILABLE, refuseForeign } from './ownership.ts';
import { readContent } from './read-content.ts';
import { sameOrigin } from './references.ts';

/**
 * Adds to what was decided what the owner reads of an actor that the blog follows: posts, edits and boosts that concern the
 * blog in no other way.
 *
 * Only what is public is kept, quiet or not; what becomes private, is deleted or undone goes. What is about the blog is kept
 * where it always was, and not twice. What was refused stays refused. A pure function; never throws.
 */
export function withReading(outcome: Outcome, activity: Activity, context: DecisionContext): Outcome {
  const { reads } = context;
  if (reads === undefined || outcome.kind === 'refused') return outcome;
  switch (activity.type) {
    case 'Create':
    case 'Update':
      return isElsewhere(outcome, reads) ? outcome : keepPost(activity, outcome, reads, context);
    case 'Announce':
      return isUnconcerned(outcome) ? keepBoost(activity, reads, context) : outcome;
    case 'Delete':
    case 'Undo':
      return takeBack(activity, outcome);
    default:
      return outcome;
  }
}

function isUnconcerned(outcome: Outcome): boolean {
  return outcome.kind === 'ignored' && outcome.reason === 'not-concerned';
}

/** An edit may bring the blog's name into what was kept before: then both keep it. */
function isElsewhere(outcome: Outcome, { kept }: Reads): boolean {
  return !isUnconcerned(outcome) && (outcome.kind === 'ignored' || kept === undefined);
}

function effectsOf(outcome: Outcome): readonly Effect[] {
  return outcome.kind === 'accepted' ? outcome.effects : [];
}

function keepPost(activity: Activity, outcome: Outcome, reads: Reads, context: DecisionContext): Outcome {
  const { object, actor } = activity;
  const { id, embedded } = object;
  const { kept } = reads;
  if (id === undefined || embedded === undefined) return outcome;
  if (!isForEverybody(activity, object)) return withdraw(activity, id, outcome, kept);
  if (!isReadable(object)) return outcome.kind === 'ignored' ? ignored('unsupported-object') : outcome;
  if (context.author === undefined) return ACTOR_UNAVAILABLE;
  const content = asFirstPublished(readContent(embedded, id, context), kept?.content.published);
  if (kept === undefined && !isReadIn(content.language, reads)) {
    return outcome.kind === 'ignored' ? ignored('other-language') : outcome;
  }
  const type = activity.type === 'Update' ? 'Update' : 'Create';
  if (kept !== undefined && isOutdated({ content, type }, kept)) {
    return outcome.kind === 'ignored' ? ignored('outdated') : outcome;
  }
  if (kept === undefined && isOlder(content.published, reads.since)) return ignored('too-old');
  const item: ReadingItem = {
    ...{ id, actor, kind: 'post', author: context.author, content },
    ...answered(object),
    at: kept?.at ?? context.now,
  };
  return accepted([...effectsOf(outcome), { type: 'store-reading', item }]);
}

/** An Update may overtake the public Create, so it is remembered as `decideMessage` does. */
function withdraw({ type, actor }: Activity, id: string, outcome: Outcome, kept: ReadingItem | undefined): Outcome {
  if (kept === undefined && type !== 'Update') return outcome.kind === 'ignored' ? ignored('not-public') : outcome;
  const removed: readonly Effect[] = kept === undefined ? [] : [{ type: 'remove-reading', actor, id }];
  return accepted([...effectsOf(outcome), ...removed, { type: 'mark', mark: withdrawnMark(actor, id) }]);
}

/** The original as its own server has it; what the booster embeds is nobody's word. */
function keepBoost({ id, actor }: Activity, { boosts, boosted }: Reads, context: DecisionContext): Outcome {
  if (!boosts) return ignored('boosts-not-read');
  if (context.isUndone) return ignored('undone');
  const { thing, author } = boosted ?? {};
  if (thing?.id === undefined || thing.embedded === undefined) return ignored('boost-unavailable');
  if (!thing.isPublic) return ignored('boost-not-public');
  if (!isReadable(thing)) return ignored('unsupported-object');
  if (author === undefined) return ignored('boost-unavailable');
  if (refuseForeign(thing, thing.id, author.actor) !== undefined) return ignored('boost-not-the-author');
  if (isBlocked(context.rules.blocks, author)) return ignored('blocked');
  const item: ReadingItem = {
    ...{ id, actor, kind: 'boost', object: thing.id, author },
    content: readContent(thing.embedded, thing.id, context),
    ...answered(thing),
    at: context.now,
  };
  return accepted([{ type: 'store-reading', item }]);
}

function answered({ inReplyTo: [inReplyTo] }: Thing): Pick<ReadingItem, 'inReplyTo'> {
  return inReplyTo === undefined ? {} : { inReplyTo };
}

/**
 * A Delete names the post or the boost; an Undo the boost, or what was boosted. What comes first is remembered: the Undo may
 * overtake its Announce.
 */
function takeBack({ type, actor, object }: Activity, outcome: Outcome): Outcome {
  if (type === 'Undo' && object.types.length > 0 && !object.types.includes('Announce')) return outcome;
  const named = [object.id, type === 'Undo' ? object.object : undefined].filter((id) => id !== undefined);
  const removed = named.map((id): Effect => ({ type: 'remove-reading', actor, id }));
  if (outcome.kind === 'accepted') return accepted([...removed, ...outcome.effects]);
  if (!isUnconcerned(outcome) || object.id === undefined || !sameOrigin(object.id, actor)) return outcome;
  return accepted([...removed, { type: 'mark', mark: undoneMark(actor, object.id) }]);
}

/** A post that names no language may be in any. */
function isReadIn(language: string | undefined, { languages }: Reads): boolean {
  return language === undefined || languages === undefined || languages.includes(primaryLanguage(language));
}

function isOlder(one: string, other: string): boolean {
  return (toTime(one) ?? 0) < (toTime(other) ?? 0);
}

import { toTime } from '../dates.ts';
import { accepted, ignored, type Outcome } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { own } from './bounds.ts';
import type { DecisionContext } from './context.ts';
import { refuseUnusable } from './follow.ts';
import { optionOf } from './own-poll.ts';

/**
 * Decides an answer to a poll of ours: a Note with a name, without content, in reply to the Question, as Mastodon makes one.
 *
 * It counts while the poll runs and when it names an option; that one voter counts once is the store's to see, however many
 * come at once. The voter is asked for its inbox, where it hears of the end. What was chosen goes nowhere but into the
 * count: neither log nor owner learns it. A vote cannot be changed, so an Update is none. (Activity Vocabulary, Question)
 */
export function decideVote({ type, object, actor }: Activity, context: DecisionContext): Outcome {
  const { poll, now, remoteActor } = context;
  if (poll === undefined) return ignored('not-our-poll');
  if (type !== 'Create') return ignored('vote-changed');
  if (context.isUndone) return ignored('undone');
  const name = object.embedded === undefined ? undefined : own(object.embedded, 'name');
  const option = typeof name === 'string' ? optionOf(poll, name) : undefined;
  if (option === undefined) return ignored('unknown-option');
  if (isOver(poll.ends, now)) return ignored('poll-ended');
  if (remoteActor?.kind !== 'actor') return refuseUnusable(remoteActor);
  const { inbox, sharedInbox = inbox } = remoteActor.actor;
  const vote = { poll: poll.id, actor, option, multiple: poll.multiple, inbox: sharedInbox, at: now };
  return accepted([{ type: 'count-vote', vote }]);
}

function isOver(ends: string | undefined, now: string): boolean {
  const end = toTime(ends);
  return end !== undefined && (toTime(now) ?? 0) >= end;
}

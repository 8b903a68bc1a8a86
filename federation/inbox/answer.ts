import type { Consent, FollowingRecord } from '../heard.ts';
import type { NotificationKind } from '../interaction.ts';
import { accepted, type Effect, ignored, type Outcome, refused } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { own } from './bounds.ts';
import type { Asked, DecisionContext } from './context.ts';
import { notify } from './notification.ts';
import { idOf, listOf, sameOrigin } from './references.ts';

/**
 * Decides an Accept or Reject of what the owner asked for: to follow the actor, or to quote a post of it.
 *
 * What was asked, and of whom, was looked up in what the network was told; an answer to anything else, or by anybody else,
 * concerns nobody. A Reject of a Follow that was accepted ends it: they removed the blog from their followers, as Mastodon
 * does it. The owner is told first, so that a repeat still sees what was before. (ActivityPub §7.6, §7.7)
 */
export function decideAnswer(activity: Activity, context: DecisionContext): Outcome {
  const { asked } = context;
  if (asked === undefined) return ignored('not-concerned');
  return asked.kind === 'follow'
    ? decideFollowAnswer(activity, asked, context)
    : decideQuoteAnswer(activity, asked, context);
}

function decideFollowAnswer(
  { id, type, actor }: Activity,
  { known }: Extract<Asked, { kind: 'follow' }>,
  { author, now }: DecisionContext,
): Outcome {
  const state = type === 'Accept' ? 'accepted' : 'rejected';
  if (known?.state === state) return ignored('already-answered');
  const record: FollowingRecord = { actor, state, activity: id, at: now };
  const told = notify(followKind(state, known), id, { actor, handle: author?.handle, at: now });
  const forgotten: readonly Effect[] = state === 'rejected' ? [{ type: 'forget-reading', actor }] : [];
  return accepted([told, ...forgotten, { type: 'store-following', record }]);
}

function followKind(state: FollowingRecord['state'], known: FollowingRecord | undefined): NotificationKind {
  if (state === 'accepted') return 'follow-accepted';
  return known === undefined ? 'follow-rejected' : 'follow-ended';
}

/**
 * Consent comes as a stamp, which is on the host of the author who gives it; whoever meets the quote asks there. A Reject of
 * what was accepted takes the consent back. It is given once for each request: every change is told to all followers, and who
 * is quoted must not have us write to them as often as they like. (FEP-044f, QuoteRequest)
 */
function decideQuoteAnswer(activity: Activity, asked: Extract<Asked, { kind: 'quote' }>, context: DecisionContext) {
  const { type, actor, json } = activity;
  const { object, quoted, known } = asked;
  if (type === 'Reject') {
    if (known === undefined) return settle(activity, { object, quoted, state: 'rejected', at: context.now }, context);
    return known.state === 'accepted' ? accepted(revoke(activity, known, context)) : ignored('already-answered');
  }
  const stamp = idOf(listOf(own(json, 'result'))[0]);
  if (stamp === undefined) return ignored('no-stamp');
  if (!sameOrigin(stamp, actor)) {
    return refused('stamp-on-another-host', 403, "The stamp is not on the host of the quoted post's author.");
  }
  if (asked.isUndone) return ignored('undone');
  if (known !== undefined && known.state !== 'rejected') return ignored('already-answered');
  return settle(activity, { object, quoted, state: 'accepted', stamp, at: context.now }, context);
}

/**
 * Adds to what a Delete comes to that a stamp was deleted: its author takes the consent to a quote of ours back. What was
 * refused stays refused. Never fails. (FEP-044f, Revocation)
 */
export function withRevocation(outcome: Outcome, activity: Activity, context: DecisionContext): Outcome {
  const { consent } = context;
  if (consent === undefined || outcome.kind !== 'accepted') return outcome;
  return accepted([...revoke(activity, consent, context), ...outcome.effects]);
}

function revoke(
  activity: Activity,
  consent: Consent,
  context: Pick<DecisionContext, 'author' | 'now'>,
): readonly Effect[] {
  return consent.state === 'accepted'
    ? settled(activity, { ...consent, state: 'revoked', at: context.now }, context)
    : [];
}

function settle(activity: Activity, consent: Consent, context: DecisionContext): Outcome {
  return accepted(settled(activity, consent, context));
}

function settled(
  { id, actor }: Activity,
  consent: Consent,
  { author, now }: Pick<DecisionContext, 'author' | 'now'>,
): readonly Effect[] {
  const about = { actor, handle: author?.handle, target: consent.object, at: now };
  return [notify(`quote-${consent.state}`, id, about), { type: 'store-consent', consent }];
}

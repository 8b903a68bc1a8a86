import { accepted, type Effect, ignored, type Outcome } from '../outcome.ts';
import type { RichNode, RichText } from '../rich-text.ts';
import type { Json } from '../vocabulary.ts';
import type { Activity } from './activity.ts';
import { own } from './bounds.ts';
import { ownTarget } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { isLimited, MAX_RECENT } from './moderate.ts';
import { notifyOfSealed } from './notification.ts';
import { ACTOR_UNAVAILABLE } from './ownership.ts';
import { seemlyText } from './plain-text.ts';

/** Mastodon reads as much of a report. */
const MAX_TEXT = 5_000;
/** How many reported things are named. */
const MAX_ABOUT = 32;

/**
 * Decides a Flag that reports the blog or a post of it: sealed for the owner with everything that it names, shown nowhere.
 * Mastodon lists actor and posts together and sends it from its instance actor.
 */
export function decideFlag(activity: Activity, context: DecisionContext): Outcome {
  const { id, actor, objects, json } = activity;
  const { author, now, rules } = context;
  const reported = objects.map((each) => ownTarget(each.id, context)).find((each) => each !== undefined);
  if (reported === undefined) return ignored('not-concerned');
  if (context.isUndone) return ignored('undone');
  if (rules.messageKey === undefined) return ignored('no-message-key');
  if (context.recently >= MAX_RECENT) return ignored('too-many');
  if (author === undefined) return ACTOR_UNAVAILABLE;
  const about = objects.flatMap((each) => ownTarget(each.id, context) ?? each.id ?? []).slice(0, MAX_ABOUT);
  const text = reportText(own(json, 'content'), context);
  const { handle } = author;
  const message = {
    id,
    kind: 'report',
    actor,
    handle,
    about: [...new Set(about)],
    text,
    attachments: [],
    published: now,
    at: now,
  } as const;
  const store: Effect = { type: 'store-message', message };
  if (isLimited(context, actor)) return accepted([store]);
  return accepted([store, notifyOfSealed('report', { id, actor, at: now }, context.sha256)]);
}

/** Mastodon and Misskey write plain text, others HTML. */
function reportText(content: Json | undefined, { readText }: DecisionContext): RichText {
  if (typeof content !== 'string') return [];
  const written = content.slice(0, MAX_TEXT);
  if (/<\/?[a-z][^<>]*>/i.test(written)) return readText(written);
  const lines = seemlyText(written).trim().split('\n');
  const children = lines.flatMap((line, index): RichNode[] =>
    index === 0 ? [line] : [{ tag: 'br', children: [] }, line],
  );
  return lines.join('') === '' ? [] : [{ tag: 'p', children }];
}

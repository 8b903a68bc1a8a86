import { toTime } from '../dates.ts';
import {
  type Interaction,
  type InteractionContent,
  type InteractionKind,
  isHiddenWithParent,
  PARENT_NOT_SHOWN,
  WORD,
} from '../interaction.ts';
import { plainRichText } from '../rich-text.ts';
import { areRepliesClosed, type Rules } from '../rules.ts';
import { blockOf } from './blocks.ts';
import type { DecisionContext } from './context.ts';

/** More interactions than this of one actor in 24 hours are not taken. */
export const MAX_RECENT = 200;

export type Verdict =
  | { readonly kind: 'shown' }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'ignored'; readonly reason: string };

/** What the rules are asked about. */
export interface Said {
  readonly kind: InteractionKind;
  readonly target: string;
  readonly content?: InteractionContent;
  readonly inReplyTo?: string;
  /** The reply or quote that it answers. */
  readonly parent?: Interaction | undefined;
}

type RulesContext = Pick<
  DecisionContext,
  'rules' | 'now' | 'follower' | 'author' | 'existing' | 'wasShown' | 'recently' | 'ownPost'
>;

/**
 * Says what the owner's rules make of something that was said or done in public.
 *
 * Ignored before held before shown. Who may reply, until when and how often is asked of what is new: an edit of what was
 * taken is taken. What makes it wait for the owner is asked each time, in this order: a word that an edit brought, a limited
 * account or host, a parent that is not shown, a word, the first time. Of what was shown an edit is held for the words that
 * it brings, not for those that were there. Likes and boosts are held for the account, the host and the name alone. Never
 * fails.
 */
export function moderate(said: Said, context: RulesContext, actor: string): Verdict {
  const ignored = context.existing === undefined ? ignoredFor(said, context, actor) : undefined;
  if (ignored !== undefined) return { kind: 'ignored', reason: ignored };
  if (said.parent?.state === 'removed') return { kind: 'ignored', reason: 'parent-removed' };
  const held = heldFor(said, context, actor);
  return held === undefined ? { kind: 'shown' } : { kind: 'held', reason: held };
}

/** Says whether what this actor says waits for the owner, by the lists of blocks. */
export function isLimited({ rules, author }: Pick<DecisionContext, 'rules' | 'author'>, actor: string): boolean {
  return blockOf(rules.blocks, { actor, handle: author?.handle })?.severity === 'limit';
}

/** Says whether text or the author's name contains one of the owner's words. */
export function hasWord(
  content: InteractionContent | undefined,
  { rules, author }: Pick<DecisionContext, 'rules' | 'author'>,
): boolean {
  return wordsIn(content, rules, author?.name).length > 0;
}

/**
 * Says whether an edit brings one of the owner's words to what was shown without it: approving a text, or showing it by
 * rule, says nothing about what its author makes of it later. What is hidden with its parent was shown, and will be again.
 */
export function bringsWord(
  content: InteractionContent | undefined,
  { rules, existing }: Pick<DecisionContext, 'rules' | 'existing'>,
): boolean {
  if (!wasPassed(existing)) return false;
  const before = wordsIn(existing?.content, rules);
  return wordsIn(content, rules).some((word) => !before.includes(word));
}

function wasPassed(existing: Interaction | undefined): boolean {
  return existing?.content !== undefined && (existing.state === 'shown' || isHiddenWithParent(existing));
}

/** Those of the owner's words that a text contains, or the name of its author. */
function wordsIn(content: InteractionContent | undefined, rules: Rules, name?: string): readonly string[] {
  const words = wordsOf(rules);
  if (words.length === 0) return [];
  const written = content === undefined ? [] : [content.title, content.contentWarning, plainRichText(content.text)];
  const text = comparable([name, ...written].filter((each) => each !== undefined).join('\n'));
  return words.filter((word) => text.includes(word));
}

function ignoredFor(said: Said, context: RulesContext, actor: string): string | undefined {
  if (context.recently >= MAX_RECENT) return 'too-many';
  if (said.kind === 'reply') return mayNotReply(said, context, actor);
  return said.kind === 'quote' ? mayNotQuote(context) : undefined;
}

function mayNotReply(
  { target }: Said,
  { rules, now, follower, ownPost }: RulesContext,
  actor: string,
): string | undefined {
  const { from } = rules.replies;
  if (from === 'nobody') return 'replies-closed';
  if (from === 'followers' && follower === undefined) return 'not-a-follower';
  if (from === 'people-i-replied-to' && !rules.repliedTo.includes(actor)) return 'not-replied-to';
  const post = ownPost(target);
  const isClosed = post !== undefined && areRepliesClosed(rules.replies, post.published, toTime(now) ?? 0);
  return isClosed ? 'thread-closed' : undefined;
}

function mayNotQuote({ rules, follower }: RulesContext): string | undefined {
  if (rules.quotes === 'nobody') return 'quotes-closed';
  return rules.quotes === 'followers' && follower === undefined ? 'not-a-follower' : undefined;
}

function heldFor(said: Said, context: RulesContext, actor: string): string | undefined {
  const { rules, existing, wasShown } = context;
  // Before all that the owner's approval stands against.
  if (bringsWord(said.content, context)) return WORD;
  if (isLimited(context, actor)) return 'limited';
  if (said.parent !== undefined && said.parent.state !== 'shown') return PARENT_NOT_SHOWN;
  if (!wasPassed(existing) && hasWord(said.content, context)) return WORD;
  if (said.content === undefined) return undefined;
  // What it answers may turn out to be in a thread: then it moves there, and nobody asks the rules again.
  if (said.kind === 'mention' && said.inReplyTo !== undefined && existing === undefined) {
    const reason = mayNotReply(said, context, actor);
    if (reason !== undefined) return reason;
  }
  // Asked for later by a QuoteRequest, or never: Misskey quotes without asking.
  if (said.kind === 'quote' && rules.quotes === 'ask' && existing?.state !== 'shown') return 'not-asked';
  return rules.replies.firstTimers === 'hold' && !wasShown ? 'first-time' : undefined;
}

const words = new WeakMap<Rules['replies'], readonly string[]>();

function wordsOf({ replies }: Rules): readonly string[] {
  const known = words.get(replies);
  if (known !== undefined) return known;
  const made = replies.words.map(comparable).filter((word) => word !== '');
  words.set(replies, made);
  return made;
}

/** Wide, styled and accented-apart letters are the same letters, and what cannot be seen does not part a word. */
function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
}

import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import { MAX_RECENT } from '../../../federation/inbox/moderate.ts';
import type { Author, Interaction, InteractionContent } from '../../../federation/interaction.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import {
  ANN,
  AUTHOR,
  BLOG,
  createOf,
  decided,
  FOLLOWER,
  NOTE,
  noteOf,
  POST,
  replyOf,
  rulesOf,
  storedBy,
  storedOf,
  toldBy,
  typesOf,
} from './world.ts';

const DAY = 86_400_000;
const LIKE = { type: 'Like', object: POST };
const QUOTE = createOf(noteOf({ quote: POST }));
const MENTION = createOf(noteOf({ tag: { type: 'Mention', href: BLOG.actor } }));
const PARENT = 'https://third.test/notes/9';
const limited = { name: 'peer.test', severity: 'limit', source: 'blocks.csv' } as const;

describe('who may reply', () => {
  it.each<[string, Partial<DecisionContext>, string | undefined]>([
    ['anyone', { rules: rulesOf({ replies: { from: 'anyone' } }) }, undefined],
    ['nobody', { rules: rulesOf({ replies: { from: 'nobody' } }) }, 'replies-closed'],
    ['followers, a stranger', { rules: rulesOf({ replies: { from: 'followers' } }) }, 'not-a-follower'],
    ['followers, one of them', { rules: rulesOf({ replies: { from: 'followers' } }), follower: FOLLOWER }, undefined],
    [
      'people I replied to, a stranger',
      { rules: rulesOf({ replies: { from: 'people-i-replied-to' } }) },
      'not-replied-to',
    ],
    [
      'people I replied to, one of them',
      { rules: rulesOf({ replies: { from: 'people-i-replied-to' }, repliedTo: [ANN] }) },
      undefined,
    ],
    [
      'until 22 days, after 22 days and a bit',
      { rules: rulesOf({ replies: { closeAfterMs: 22 * DAY } }) },
      'thread-closed',
    ],
    ['until 23 days, before', { rules: rulesOf({ replies: { closeAfterMs: 23 * DAY } }) }, undefined],
    ['200 in a day', { recently: MAX_RECENT }, 'too-many'],
    ['199 in a day', { recently: MAX_RECENT - 1 }, undefined],
  ])('%s', (_rule, context, reason) => {
    const outcome = decided(replyOf(), context);
    if (reason === undefined) expect(outcome.kind).toBe('accepted');
    else expect(outcome).toEqual({ kind: 'ignored', reason });
  });

  it('a mention that answers something unknown is held by the same rule, for it may move into a thread', () => {
    const rules = rulesOf({ replies: { from: 'followers' } });
    const mention = (more: JsonObject) => createOf(noteOf({ tag: { type: 'Mention', href: BLOG.actor }, ...more }));
    const answers = storedBy(mention({ inReplyTo: PARENT }), { rules });
    expect(answers).toMatchObject({ kind: 'mention', state: 'held', reason: 'not-a-follower' });
    const follows = storedBy(mention({ inReplyTo: PARENT }), { rules, follower: FOLLOWER });
    expect(follows).toMatchObject({ kind: 'mention', state: 'shown' });
    expect(storedBy(mention({}), { rules })).toMatchObject({ kind: 'mention', state: 'shown' });
  });

  it('an edit of a reply in a thread that is closed by now → taken', () => {
    const rules = rulesOf({ replies: { from: 'nobody', closeAfterMs: DAY } });
    const stored = storedBy(replyOf({ updated: '2026-11-23T11:30:00Z' }), { rules, existing: storedOf() });
    expect(stored).toMatchObject({ state: 'shown', content: { updated: '2026-11-23T11:30:00.000Z' } });
  });

  it.each([
    ['a like', LIKE],
    ['a quote', QUOTE],
    ['a mention', MENTION],
  ])('%s is no reply', (_what, activity) => {
    expect(decided(activity, { rules: rulesOf({ replies: { from: 'nobody' } }) }).kind).toBe('accepted');
  });
});

describe('what waits for the owner', () => {
  it.each<[string, JsonObject, Partial<DecisionContext>, string | undefined]>([
    ['the first reply', replyOf(), { rules: rulesOf({ replies: { firstTimers: 'hold' } }) }, 'first-time'],
    [
      'the first reply of a follower',
      replyOf(),
      { rules: rulesOf({ replies: { firstTimers: 'hold' } }), follower: FOLLOWER },
      'first-time',
    ],
    ['the second', replyOf(), { rules: rulesOf({ replies: { firstTimers: 'hold' } }), wasShown: true }, undefined],
    ['a first like', LIKE, { rules: rulesOf({ replies: { firstTimers: 'hold' } }) }, undefined],
    ['a first mention', MENTION, { rules: rulesOf({ replies: { firstTimers: 'hold' } }) }, 'first-time'],
    ['a word in the text', replyOf({ content: 'Buy <b>CAS</b>INO now' }), words('casino'), 'word'],
    ['a word in wide letters', replyOf({ content: 'ＣＡＳＩＮＯ' }), words('casino'), 'word'],
    ['a word with what cannot be seen in it', replyOf({ content: 'cas\u200bi\u00adno' }), words('casino'), 'word'],
    ['a word in the title', replyOf({ type: 'Article', name: 'Casino' }), words('casino'), 'word'],
    ['a word in the warning', replyOf({ summary: 'casino' }), words('casino'), 'word'],
    ['a word in the name of who likes', LIKE, { ...words('casino'), author: { ...AUTHOR, name: 'Casino 24' } }, 'word'],
    ['another word', replyOf(), words('casino', ''), undefined],
    ['a limited host', replyOf(), { rules: rulesOf({ blocks: { hosts: [limited] } }) }, 'limited'],
    ['a like from a limited host', LIKE, { rules: rulesOf({ blocks: { hosts: [limited] } }) }, 'limited'],
    ['a reply to a held one', replyTo(PARENT), { parent: storedOf({ id: PARENT, state: 'held' }) }, 'parent-not-shown'],
    [
      'a reply to a hidden one',
      replyTo(PARENT),
      { parent: storedOf({ id: PARENT, state: 'hidden' }) },
      'parent-not-shown',
    ],
    ['a quote when the owner is asked', QUOTE, { rules: rulesOf({ quotes: 'ask' }) }, 'not-asked'],
  ])('%s', (_what, activity, context, reason) => {
    const stored = storedBy(activity, context);
    expect([stored?.state, stored?.reason]).toEqual(reason === undefined ? ['shown', undefined] : ['held', reason]);
  });

  it('the owner is told of what waits, but not of the limited', () => {
    expect(toldBy(replyOf(), { rules: rulesOf({ replies: { firstTimers: 'hold' } }) })).toHaveLength(1);
    expect(typesOf(replyOf(), { rules: rulesOf({ blocks: { hosts: [limited] } }) })).toEqual(['store-interaction']);
    expect(typesOf(LIKE, { rules: rulesOf({ blocks: { hosts: [limited] } }) })).toEqual(['store-interaction']);
  });

  it('a reply to a removed one → ignored', () => {
    const parent = storedOf({ id: PARENT, state: 'removed' });
    expect(decided(replyTo(PARENT), { parent })).toEqual({ kind: 'ignored', reason: 'parent-removed' });
  });
});

describe('an edit of what is shown', () => {
  const limits = rulesOf({ replies: { words: ['casino', 'chips'] }, blocks: { hosts: [limited] } });
  const said = (text: string): Interaction => storedOf({ content: { ...contentOfStored(), text: [text] } });
  const update = (content: string, more: JsonObject = {}) => ({
    type: 'Update',
    object: noteOf({ inReplyTo: POST, content, updated: '2026-11-23T11:30:00Z', ...more }),
  });
  const casino = words('casino', 'chips');

  it.each<[string, JsonObject, Partial<DecisionContext>, string | undefined]>([
    ['brings a word', update('casino'), { ...casino, existing: said('hello') }, 'word'],
    ['brings a word behind a warning', update('x', { summary: 'Casino' }), { ...casino, existing: said('x') }, 'word'],
    ['has the word that it had', update('The casino!'), { ...casino, existing: said('casino') }, undefined],
    ['brings another word', update('casino chips'), { ...casino, existing: said('casino') }, 'word'],
    [
      'brings nothing, from a name with a word',
      update('x'),
      { ...casino, existing: said('y'), author: casinoAnn() },
      undefined,
    ],
    ['brings a word, from a limited host', update('chips'), { rules: limits, existing: said('x') }, 'word'],
    [
      'brings a word, below what is hidden',
      update('chips', { inReplyTo: PARENT }),
      { ...casino, existing: { ...said('x'), inReplyTo: PARENT }, parent: storedOf({ id: PARENT, state: 'hidden' }) },
      'word',
    ],
    [
      'brings a word to a quote',
      update('chips', { quote: POST }),
      { ...casino, existing: { ...said('x'), kind: 'quote' } },
      'word',
    ],
    [
      'brings a word to what was hidden with its parent',
      update('chips'),
      { ...casino, existing: { ...said('x'), state: 'hidden', reason: 'parent-not-shown' } },
      'word',
    ],
  ])('%s', (_what, activity, context, reason) => {
    const stored = storedBy(activity, context);
    expect([stored?.state, stored?.reason]).toEqual(reason === undefined ? ['shown', undefined] : ['held', reason]);
    expect(toldBy(activity, context)).toEqual(
      reason === undefined ? [] : [`${stored?.kind} ${NOTE} edited https://peer.test/a/1`],
    );
  });

  it('what is held already and says the word again is held, and not told again', () => {
    const existing: Interaction = { ...said('casino'), state: 'held', reason: 'word' };
    expect(storedBy(update('casino'), { ...casino, existing })).toMatchObject({ state: 'held', reason: 'word' });
    expect(toldBy(update('casino chips'), { ...casino, existing })).toEqual([]);
  });

  it('what the owner hid stays hidden, and nobody is told', () => {
    const existing: Interaction = { ...said('hello'), state: 'hidden' };
    expect(storedBy(update('casino'), { ...casino, existing })?.state).toBe('hidden');
    expect(toldBy(update('casino'), { ...casino, existing })).toEqual([]);
  });

  it('the owner is told before it is stored: a crash in between is mended by the next attempt', () => {
    expect(typesOf(update('casino'), { ...casino, existing: said('x') })).toEqual(['notify', 'store-interaction']);
  });

  it('a QuoteRequest that brings a word to a quote that is shown → consent as before, held, told', () => {
    const instrument = noteOf({ quote: POST, content: 'casino', updated: '2026-11-23T11:30:00Z' });
    const request = { type: 'QuoteRequest', object: POST, instrument };
    const context = { ...casino, existing: { ...said('x'), kind: 'quote' as const } };
    expect(storedBy(request, context)).toMatchObject({ state: 'held', reason: 'word' });
    expect(toldBy(request, context)).toEqual([`quote ${NOTE} edited https://peer.test/a/1`]);
  });
});

describe('who may quote without asking', () => {
  it.each<[string, Partial<DecisionContext>, string]>([
    ['nobody', { rules: rulesOf({ quotes: 'nobody' }) }, 'quotes-closed'],
    ['followers, a stranger', { rules: rulesOf({ quotes: 'followers' }) }, 'not-a-follower'],
  ])('%s → ignored', (_rule, context, reason) => {
    expect(decided(QUOTE, context)).toEqual({ kind: 'ignored', reason });
  });

  it('followers, one of them → shown', () => {
    expect(storedBy(QUOTE, { rules: rulesOf({ quotes: 'followers' }), follower: FOLLOWER })?.state).toBe('shown');
  });
});

function casinoAnn(): Author {
  return { ...AUTHOR, name: 'Casino 24' };
}

function contentOfStored(): InteractionContent {
  const { content } = storedOf();
  if (content === undefined) throw new Error('A stored reply has content.');
  return content;
}

function replyTo(inReplyTo: string): JsonObject {
  return replyOf({ inReplyTo });
}

function words(...list: string[]): Partial<DecisionContext> {
  return { rules: rulesOf({ replies: { words: list } }) };
}

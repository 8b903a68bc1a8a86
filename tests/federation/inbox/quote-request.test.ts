import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import type { Effect } from '../../../federation/outcome.ts';
import type { Json, JsonObject } from '../../../federation/vocabulary.ts';
import {
  ANN,
  AUTHOR,
  BLOG,
  createOf,
  decided,
  effectsOf,
  FOLLOWER,
  NOTE,
  noteOf,
  OTHER_POST,
  PAGE,
  POST,
  rulesOf,
  sha256,
  storedBy,
  storedOf,
  toldBy,
  typesOf,
} from './world.ts';

const ID = 'https://peer.test/a/1';
const STAMP = `https://blog.test/ap/stamps/${sha256(`${NOTE}\n${POST}`).slice(0, 32)}`;

function ask(instrument: Json = noteOf({ quote: POST }), members: JsonObject = {}): JsonObject {
  return { type: 'QuoteRequest', object: POST, instrument, ...members };
}

/** What is sent back. */
function answered(members: JsonObject, context: Partial<DecisionContext> = {}): string | undefined {
  const send = effectsOf(members, context).find((effect) => effect.type === 'send');
  return send?.type === 'send' ? send.activity.type : undefined;
}

describe('QuoteRequest where anyone may quote', () => {
  it('→ stamp, quote, news and then the Accept that names the stamp', () => {
    const [stamp, stored, told, send] = effectsOf(ask());
    expect(stamp).toEqual({
      type: 'store-stamp',
      stamp: { id: STAMP, quote: NOTE, target: POST, actor: ANN, at: '2026-11-23T12:00:00.000Z' },
    });
    expect(stored).toMatchObject({
      type: 'store-interaction',
      interaction: { id: NOTE, kind: 'quote', target: POST, state: 'shown', activity: ID },
      author: AUTHOR,
    });
    expect(told).toMatchObject({ type: 'notify', notification: { key: `quote ${NOTE}`, target: POST } });
    expect(send).toMatchObject({
      type: 'send',
      inbox: `${ANN}/inbox`,
      again: true,
      activity: {
        type: 'Accept',
        object: ID,
        json: {
          actor: BLOG.actor,
          object: { id: ID, type: 'QuoteRequest', actor: ANN, object: POST, instrument: NOTE },
          result: STAMP,
          to: [ANN],
        },
      },
    });
  });

  it('asked again → the same Accept and stamp again', () => {
    const existing = storedOf({ kind: 'quote', activity: ID });
    const fixed = (effects: readonly Effect[]) =>
      effects.filter(({ type }) => type === 'send' || type === 'store-stamp');
    expect(fixed(effectsOf(ask(), { existing }))).toEqual(fixed(effectsOf(ask())));
    const ids = [ask(), { ...ask(), id: 'https://peer.test/a/2' }].map((each) => acceptId(effectsOf(each)));
    expect(new Set(ids).size).toBe(2);
  });

  it('by the page of the post → the stamp names its id', () => {
    expect(effectsOf(ask(noteOf({ quoteUrl: PAGE }), { object: PAGE }))[0]).toMatchObject({
      stamp: { id: STAMP, target: POST },
    });
  });

  it.each<[string, JsonObject]>([
    ['not public', { to: [`${ANN}/followers`] }],
    ['no text', { type: 'Video' }],
  ])('a quote that is %s → allowed, and not kept', (_what, members) => {
    expect(typesOf(ask(noteOf({ quote: POST, ...members })))).toEqual(['store-stamp', 'send']);
  });

  it('a first-timer → allowed, and held on the page', () => {
    const rules = rulesOf({ replies: { firstTimers: 'hold' } });
    expect(answered(ask(), { rules })).toBe('Accept');
    expect(storedBy(ask(), { rules })).toMatchObject({ state: 'held', reason: 'first-time' });
  });

  it.each<[string, Partial<DecisionContext>]>([
    ['a word of the owner', { rules: rulesOf({ replies: { words: ['hello'] } }) }],
    [
      'a limited host',
      { rules: rulesOf({ blocks: { hosts: [{ name: 'peer.test', severity: 'limit', source: 'x' }] } }) },
    ],
  ])('%s → the owner is asked', (_what, context) => {
    expect(answered(ask(), context)).toBeUndefined();
    expect(storedBy(ask(), context)).toMatchObject({ state: 'held', reason: 'asks', activity: ID });
  });

  it('an instrument older than what is stored → the stored text stays', () => {
    const before = storedOf({ kind: 'quote' });
    const content = before.content && { ...before.content, updated: '2026-11-23T11:30:00.000Z' };
    const existing = { ...before, ...(content ? { content } : {}) };
    expect(storedBy(ask(), { existing })?.content?.text).toEqual(['before']);
  });
});

describe('QuoteRequest under other rules', () => {
  const rules = (quotes: 'followers' | 'ask' | 'nobody') => ({ rules: rulesOf({ quotes }) });

  it.each<[string, Partial<DecisionContext>, string]>([
    ['followers, one of them', { ...rules('followers'), follower: FOLLOWER }, 'Accept'],
    ['followers, a stranger', rules('followers'), 'Reject'],
    ['nobody', rules('nobody'), 'Reject'],
    ['nobody, a follower', { ...rules('nobody'), follower: FOLLOWER }, 'Reject'],
    ['anyone, but the owner removed it', { existing: storedOf({ kind: 'quote', state: 'removed' }) }, 'Reject'],
    [
      'anyone, but the owner hid it instead of consenting',
      { existing: storedOf({ kind: 'quote', state: 'hidden', reason: 'asks' }) },
      'Reject',
    ],
    [
      'ask, and the owner hid it',
      { ...rules('ask'), existing: storedOf({ kind: 'quote', state: 'hidden' }) },
      'Reject',
    ],
    ['ask, and the owner has shown it', { ...rules('ask'), existing: storedOf({ kind: 'quote' }) }, 'Accept'],
  ])('%s → %s', (_what, context, answer) => {
    expect(answered(ask(), context)).toBe(answer);
    if (answer === 'Reject') expect(typesOf(ask(), context)).toEqual(['send']);
  });

  it.each<[string, Partial<DecisionContext>]>([
    ['as a reply', { existing: storedOf() }],
    ['as a quote of another post', { existing: storedOf({ kind: 'quote', target: OTHER_POST }) }],
  ])('ask, and it is shown %s → not allowed by that', (_what, context) => {
    expect(answered(ask(), { ...rules('ask'), ...context })).not.toBe('Accept');
    expect(typesOf(ask(), { ...rules('ask'), ...context })).not.toContain('store-stamp');
  });

  it('ask, and the owner consented to the reply that it is → the same Accept again', () => {
    expect(answered(ask(), { ...rules('ask'), existing: storedOf(), isStamped: true })).toBe('Accept');
  });

  it('ask → the quote waits under the id of the request, and the owner is told', () => {
    expect(typesOf(ask(), rules('ask'))).toEqual(['store-interaction', 'notify']);
    expect(storedBy(ask(), rules('ask'))).toMatchObject({ kind: 'quote', state: 'held', reason: 'asks', activity: ID });
    expect(toldBy(ask(), rules('ask'))).toEqual([`quote-request ${NOTE}`]);
  });

  it('anyone by now, and it waited for consent → shown', () => {
    const existing = storedOf({ kind: 'quote', state: 'held', reason: 'asks', activity: ID });
    expect(answered(ask(), { existing })).toBe('Accept');
    expect(storedBy(ask(), { existing })?.state).toBe('shown');
  });

  it('ask, 200 in a day → ignored', () => {
    expect(decided(ask(), { ...rules('ask'), recently: 200 })).toEqual({ kind: 'ignored', reason: 'too-many' });
  });

  it('ask, when its Create came first → waits for consent from now on', () => {
    const existing = storedOf({ kind: 'quote', state: 'held', reason: 'not-asked' });
    expect(storedBy(ask(), { ...rules('ask'), existing })).toMatchObject({ reason: 'asks', activity: ID });
  });

  it('ask, and its Create comes after it → still waits', () => {
    const existing = storedOf({ kind: 'quote', state: 'held', reason: 'asks', activity: ID });
    const create = createOf(noteOf({ quote: POST }), { id: 'https://peer.test/a/2' });
    expect(decided(create, { ...rules('ask'), existing })).toEqual({ kind: 'ignored', reason: 'outdated' });
  });

  it.each<[string, JsonObject]>([
    ['not public', { quote: POST, to: [`${ANN}/followers`] }],
    ['a reply in another thread', { quote: POST, inReplyTo: OTHER_POST }],
  ])('ask, but the quote is %s → refused to the peer', (_what, members) => {
    expect(answered(ask(noteOf(members)), rules('ask'))).toBe('Reject');
  });
});

describe('QuoteRequest that is not in order', () => {
  it.each<[string, JsonObject, Partial<DecisionContext>, object]>([
    ['of somebody else’s post', ask(undefined, { object: 'https://third.test/1' }), {}, { reason: 'not-concerned' }],
    ['taken back before it came', ask(), { isUndone: true }, { reason: 'undone' }],
    ['without a quoting post', { type: 'QuoteRequest', object: POST }, {}, { status: 400, reason: 'no-instrument' }],
    ['the actor as the quoting post', ask(ANN), {}, { status: 400, reason: 'instrument-no-post' }],
    ['a quoting post that is only named', ask(NOTE), {}, { status: 503, reason: 'instrument-unavailable' }],
    [
      'a quoting post on another host',
      ask(noteOf({ id: 'https://victim.test/notes/1', quote: POST })),
      {},
      { status: 403, reason: 'object-on-another-host' },
    ],
    [
      'somebody else’s quoting post',
      ask(noteOf({ attributedTo: 'https://peer.test/users/ben', quote: POST })),
      {},
      { status: 403 },
    ],
    [
      'nobody’s quoting post',
      ask(noteOf({ attributedTo: [], quote: POST })),
      {},
      { status: 403, reason: 'not-the-author' },
    ],
    ['a post that quotes another', ask(noteOf({ quote: OTHER_POST })), {}, { status: 400, reason: 'quotes-another' }],
    ['a post that quotes nothing', ask(noteOf({ inReplyTo: POST })), {}, { status: 400, reason: 'quotes-another' }],
    ['an actor without a document', ask(), { remoteActor: undefined }, { status: 503 }],
    ['an actor without an author', ask(), { author: undefined }, { status: 503 }],
  ])('%s → nothing', (_what, members, context, outcome) => {
    expect(decided(members, context)).toMatchObject(outcome);
  });
});

function acceptId(effects: readonly Effect[]): string | undefined {
  for (const effect of effects) if (effect.type === 'send') return effect.activity.id;
  return undefined;
}

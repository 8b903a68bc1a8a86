import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import {
  ANN,
  BLOG,
  createOf,
  decided,
  effectsOf,
  NOTE,
  noteOf,
  POST,
  rulesOf,
  sha256,
  storedOf,
  typesOf,
} from './world.ts';

const key = rulesOf({ messageKey: { kty: 'OKP', kid: 'message-key' } });
const direct = (members: JsonObject = {}): JsonObject => createOf(noteOf({ to: [BLOG.actor], ...members }));

describe('something that is not public', () => {
  it('→ a message for the owner, shown nowhere', () => {
    const members = { inReplyTo: POST, summary: 'psst', url: 'https://peer.test/@ann/1' };
    expect(effectsOf(direct(members), { rules: key })).toEqual([
      {
        type: 'store-message',
        message: {
          id: NOTE,
          kind: 'message',
          actor: ANN,
          handle: '@ann@peer.test',
          about: [POST],
          text: [{ tag: 'p', children: ['hello'] }],
          contentWarning: 'psst',
          inReplyTo: POST,
          url: 'https://peer.test/@ann/1',
          attachments: [],
          published: '2026-11-23T11:00:00.000Z',
          at: '2026-11-23T12:00:00.000Z',
        },
      },
      {
        type: 'notify',
        notification: {
          key: `message ${sha256(NOTE)}`,
          kind: 'message',
          actor: sha256(ANN),
          at: '2026-11-23T12:00:00.000Z',
        },
      },
    ]);
  });

  it.each<[string, JsonObject, Partial<DecisionContext>]>([
    ['a reply for followers', { to: [`${ANN}/followers`], inReplyTo: POST }, {}],
    ['a reply to a reply, for followers', { to: [`${ANN}/followers`] }, { parent: storedOf() }],
    ['a mention', { to: [`${ANN}/followers`], tag: { type: 'Mention', href: BLOG.actor } }, {}],
    ['a chat of Pleroma', { type: 'ChatMessage' }, {}],
    [
      'however replies are closed',
      { inReplyTo: POST },
      { rules: { ...key, replies: { ...key.replies, from: 'nobody' } } },
    ],
  ])('%s → a message', (_what, members, context) => {
    expect(typesOf(direct(members), { rules: key, ...context })).toEqual(['store-message', 'notify']);
  });

  it.each<[string, JsonObject, Partial<DecisionContext>, string]>([
    ['for followers, about nothing of ours', { to: [`${ANN}/followers`] }, {}, 'not-concerned'],
    ['without a key to seal it for', {}, { rules: rulesOf({}) }, 'no-message-key'],
    ['200 in a day', {}, { recently: 200 }, 'too-many'],
    ['taken back before it came', {}, { isUndone: true }, 'undone'],
  ])('%s → ignored', (_what, members, context, reason) => {
    expect(decided(direct(members), { rules: key, ...context })).toEqual({ kind: 'ignored', reason });
  });

  it('of somebody limited → kept, and nobody is told', () => {
    const rules = { ...key, ...blocked() };
    expect(typesOf(direct(), { rules })).toEqual(['store-message']);
  });

  it('that was public before → gone from the page', () => {
    expect(typesOf(direct(), { rules: key, existing: storedOf() })).toEqual([
      'remove-interaction',
      'mark',
      'store-message',
      'notify',
    ]);
  });
});

describe('Flag', () => {
  const flag = (members: JsonObject = {}): JsonObject => ({ type: 'Flag', object: [BLOG.actor, POST], ...members });

  it('→ a report for the owner, with everything that it names', () => {
    const object = [BLOG.actor, POST, 'https://third.test/1', POST];
    expect(effectsOf(flag({ object, content: 'It is <3 lines\nof spam' }), { rules: key })).toMatchObject([
      {
        type: 'store-message',
        message: {
          id: 'https://peer.test/a/1',
          kind: 'report',
          about: [BLOG.actor, POST, 'https://third.test/1'],
          text: [{ tag: 'p', children: ['It is <3 lines', { tag: 'br', children: [] }, 'of spam'] }],
        },
      },
      { type: 'notify', notification: { key: `report ${sha256('https://peer.test/a/1')}`, kind: 'report' } },
    ]);
  });

  it.each<[string, JsonObject, Partial<DecisionContext>, string]>([
    ['of somebody else', { object: 'https://third.test/' }, {}, 'not-concerned'],
    ['without a key to seal it for', {}, { rules: rulesOf({}) }, 'no-message-key'],
    ['undone before it came', {}, { isUndone: true }, 'undone'],
    ['200 in a day', {}, { recently: 200 }, 'too-many'],
  ])('%s → ignored', (_what, members, context, reason) => {
    expect(decided(flag(members), { rules: key, ...context })).toEqual({ kind: 'ignored', reason });
  });

  it('of somebody limited → kept, and nobody is told', () => {
    expect(typesOf(flag(), { rules: { ...key, ...blocked() } })).toEqual(['store-message']);
  });

  it('in HTML → read as that; of 1 MB → cut', () => {
    expect(effectsOf(flag({ content: '<p>bad</p><script>x</script>' }), { rules: key })).toMatchObject([
      { message: { text: [{ tag: 'p', children: ['bad'] }] } },
      {},
    ]);
    const long = JSON.stringify(effectsOf(flag({ content: 'x'.repeat(100_000) }), { rules: key }));
    expect(long.length).toBeLessThan(6_000);
  });
});

function blocked() {
  return { blocks: { accounts: [], hosts: [{ name: 'peer.test', severity: 'limit', source: 'x' }] } } as const;
}

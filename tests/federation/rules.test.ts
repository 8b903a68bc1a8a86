import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES, parseRules, type Rules } from '../../federation/rules.ts';

const ALL: Rules = {
  version: 1,
  replies: { from: 'people-i-replied-to', firstTimers: 'hold', words: ['casino'], closeAfterMs: 86_400_000 },
  quotes: 'ask',
  approveFollowers: true,
  avatars: 'hide',
  blocks: {
    accounts: [{ name: 'troll@bad.example', severity: 'limit', source: 'blocks.csv' }],
    hosts: [{ name: 'spam.example', severity: 'block', reason: 'Spam', source: 'blocklists/a.csv' }],
  },
  keep: { messagesMs: 1, notificationsMs: 2, repliesMs: 3 },
  repliedTo: ['https://social.example/users/ann'],
  messageKey: { kty: 'OKP', crv: 'X25519', x: 'AA', kid: 'message-key' },
  ownerKey: { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
};

test.each([
  ['the defaults', DEFAULT_RULES],
  ['all of them', ALL],
])('%s are read as they were written', (_, rules) => {
  expect(parseRules(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
});

describe('what is not whole is not read at all', () => {
  const without = (name: string) => Object.fromEntries(Object.entries(ALL).filter(([member]) => member !== name));
  test.each(Object.keys(DEFAULT_RULES).map((name) => [name] as const))('without %s', (name) =>
    expect(parseRules(without(name))).toBeUndefined(),
  );

  test.each([
    ['nothing', undefined],
    ['a list', []],
    ['another version', { ...ALL, version: 2 }],
    ['an unknown member', { ...ALL, more: 1 }],
    ['a number for a flag', { ...ALL, approveFollowers: 1 }],
    ['an unknown choice', { ...ALL, quotes: 'friends' }],
    ['an unknown choice of replies', { ...ALL, replies: { ...ALL.replies, from: 'friends' } }],
    ['words that are no list', { ...ALL, replies: { ...ALL.replies, words: 'casino' } }],
    ['a time that is no number', { ...ALL, keep: { messagesMs: '30d' } }],
    ['a block without a name', { ...ALL, blocks: { hosts: [], accounts: [{ severity: 'block', source: 'x' }] } }],
    ['a severity of another', { ...ALL, blocks: { accounts: [], hosts: [{ ...ALL.blocks.hosts[0], severity: 'x' }] } }],
    ['a private key', { ...ALL, messageKey: { ...ALL.messageKey, d: 'secret' } }],
  ])('%s', (_, value) => expect(parseRules(value)).toBeUndefined());

  test('any JSON is read or not, and nothing throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => parseRules(value) === undefined));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(ALL)), fc.jsonValue(), (name, value) => {
        const read = parseRules({ ...ALL, [name]: value });
        expect(read === undefined || JSON.stringify(read) === JSON.stringify({ ...ALL, [name]: value })).toBe(true);
      }),
    );
  });
});

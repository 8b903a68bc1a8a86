import { describe, expect, test } from 'vitest';
import type { Follower } from '../../federation/outcome.ts';
import { readFollowerFile, readFollowersCsv, toFollowerFile, toFollowersCsv } from '../../scripts/follower-files.ts';

const ann: Follower = {
  actor: 'https://a.example/users/ann',
  inbox: 'https://a.example/users/ann/inbox',
  sharedInbox: 'https://a.example/inbox',
  followId: 'https://a.example/follows/1',
  handle: '@ann@a.example',
  since: '2026-01-02T03:04:05Z',
};
const nameless: Follower = {
  actor: 'https://b.example/2',
  inbox: 'https://b.example/2/inbox',
  followId: 'b:2',
  since: '2026-01-03T03:04:05.678Z',
};

describe('the list of accounts', () => {
  test('the header and the form of Mastodon: no @ before the name', () => {
    expect(toFollowersCsv([ann, nameless])).toBe('Account address\nann@a.example\n');
  });

  test('what was written comes back', () => {
    expect(readFollowersCsv(toFollowersCsv([ann]))).toEqual({ handles: ['@ann@a.example'], faults: [] });
  });

  test.each([
    ['columns in any order, CRLF, a mark, quotes', '\uFEFFShow boosts,"Account address"\r\ntrue,"@ann@a.example"\r\n'],
    ['no header, as in a list of blocks', 'ann@a.example\n'],
    ['the same one twice, in other letters', 'Account address\nann@a.example\nAnn@A.example\n'],
    ['a header in other letters', 'account address,Notify on new posts\n ann@a.example ,false\n'],
  ])('%s', (_, text) => {
    expect(readFollowersCsv(text)).toEqual({ handles: ['@ann@a.example'], faults: [] });
  });

  test('a row that names nobody is a fault of its own, and the others count', () => {
    const { handles, faults } = readFollowersCsv(
      'Account address\nann\nann@a.example\nx@y/z?q\n"a@b\u001b[2J"\nb@b.example:8443\n@@\n',
    );
    expect(handles).toEqual(['@ann@a.example', '@b@b.example:8443']);
    expect(faults).toEqual([
      '"ann" is not user@host',
      '"x@y/z?q" is not user@host',
      '"a@b" is not user@host',
      '"@@" is not user@host',
    ]);
  });

  test('another kind of file → the column that is missing', () => {
    expect(() => readFollowersCsv('#domain\nspam.example\n')).toThrow('"Account address"');
  });

  test('nothing → nobody', () => {
    expect(readFollowersCsv('')).toEqual({ handles: [], faults: [] });
    expect(readFollowersCsv('Account address\n')).toEqual({ handles: [], faults: [] });
  });
});

describe('the full form', () => {
  const origin = 'https://blog.example';

  test('what was written comes back, a follower without a handle too', () => {
    const file = { origin, followers: [ann, nameless] };
    expect(readFollowerFile(toFollowerFile(file))).toEqual(file);
    expect(readFollowerFile(toFollowerFile({ origin, followers: [] }))).toEqual({ origin, followers: [] });
  });

  test.each([
    ['cut short', (text: string) => text.slice(0, -20), /line 3 is no JSON/],
    ['cut between records', (text: string) => text.slice(0, text.lastIndexOf(']')), /ends early, at line 4/],
    ['with a record cut out of it', (text: string) => text.replace(nameless.actor, ''), /follower 2 of 2: actor/],
    ['with a quote lost', (text: string) => text.replace('"inbox"', '"inbox'), /line 2 is no JSON/],
    ['that is no JSON', () => 'Account address', /it is no JSON/],
    ['of another kind', () => '{"postern":"ledger","version":1}', /postern/],
    ['of a later version', (text: string) => text.replace('"version":1', '"version":2'), /version/],
    ['with a damaged inbox', (text: string) => text.replace(nameless.inbox, 'javascript:x'), /follower 2 of 2: inbox/],
    ['with a lost actor', (text: string) => text.replace('"actor":"https://a', '"act":"https://a'), /follower 1 of 2/],
    ['without the list', (text: string) => text.replace('"followers":[', '"others":['), /no list of followers/],
  ])('%s → the place is named', (_, damage, place) => {
    const text = toFollowerFile({ origin, followers: [ann, nameless] });
    expect(() => readFollowerFile(damage(text))).toThrow(place);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldInboxes, hostOf } from '../../federation/audience.ts';

test('Three followers on one shared inbox → one inbox, one server', () => {
  const shared = 'https://a.example/inbox';
  expect(
    foldInboxes([
      { inbox: 'https://a.example/users/1/inbox', sharedInbox: shared },
      { inbox: 'https://a.example/users/2/inbox', sharedInbox: shared },
      { inbox: 'https://a.example/users/3/inbox', sharedInbox: shared },
    ]),
  ).toEqual({ inboxes: [{ inbox: shared, followers: 3 }], followers: 3, servers: 1 });
});

test('No shared inbox → one delivery for each follower, the server counted once', () => {
  expect(
    foldInboxes([
      { inbox: 'https://b.example/1' },
      { inbox: 'https://b.example/2' },
      { inbox: 'https://c.example:8443/1' },
    ]),
  ).toEqual({
    inboxes: [
      { inbox: 'https://b.example/1', followers: 1 },
      { inbox: 'https://b.example/2', followers: 1 },
      { inbox: 'https://c.example:8443/1', followers: 1 },
    ],
    followers: 3,
    servers: 2,
  });
});

test('No followers → nothing', () => {
  expect(foldInboxes([])).toEqual({ inboxes: [], followers: 0, servers: 0 });
});

test('A stored inbox that is no URL is its own host', () => {
  expect(hostOf('nonsense')).toBe('nonsense');
});

test('However an address is written, its host is that of the URL parser', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      expect(hostOf(url)).toBe(new URL(url).host);
    }),
  );
  for (const url of [
    'https://xn--bcher-kva.example/a',
    'https://A.example/',
    'https://a.example:443/',
    'https://a.0x7f/',
  ]) {
    expect(hostOf(url)).toBe(URL.canParse(url) ? new URL(url).host : url);
  }
});

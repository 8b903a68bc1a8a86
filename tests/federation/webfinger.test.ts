import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildActor } from '../../federation/actor.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { avatarOf, buildWebfinger, matchResource, readWebfinger } from '../../federation/webfinger.ts';
import { ADDRESSES, CAT, KEYS, PROFILE } from './sample.ts';

test.each([
  'acct:blog@blog.example',
  'ACCT:Blog@BLOG.example',
  'blog@blog.example',
  'acct:@blog@blog.example',
  'https://blog.example/ap/actor.json',
  'https://blog.example/',
  'https://blog.example',
])('%s is the blog', (resource) => expect(matchResource(resource, { username: 'blog' }, ADDRESSES)).toBe(true));

test.each([
  'acct:other@blog.example',
  'acct:blog@other.example',
  'acct:blog',
  'blog',
  '',
  'https://blog.example/ap/actor.json#main-key',
  'http://blog.example/',
  'https://other.example/',
])('"%s" is another', (resource) => expect(matchResource(resource, { username: 'blog' }, ADDRESSES)).toBe(false));

test('a port is part of the handle, for a local look', () => {
  expect(matchResource('acct:blog@localhost:4321', { username: 'blog' }, addressesOf('http://localhost:4321'))).toBe(
    true,
  );
});

test('names that the blog had before are answered with the name of now; every other name is still nobody', () => {
  const name = fc.stringMatching(/^[a-z0-9_]{1,30}$/);
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 4 }), name, (username, formerUsernames, asked) => {
      const isKnown = asked === username || formerUsernames.includes(asked);
      for (const resource of [`acct:${asked}@blog.example`, `@${asked.toUpperCase()}@blog.example`]) {
        expect(matchResource(resource, { username, formerUsernames }, ADDRESSES)).toBe(isKnown);
      }
      expect(matchResource(`acct:${asked}@other.example`, { username, formerUsernames }, ADDRESSES)).toBe(false);
      for (const former of formerUsernames) {
        expect(matchResource(`acct:${former}@blog.example`, { username, formerUsernames }, ADDRESSES)).toBe(true);
      }
    }),
  );
  expect(buildWebfinger({ username: 'new' }, ADDRESSES).subject).toBe('acct:new@blog.example');
});

test('subject and self prove each other; the type is exactly the one that Mastodon wants', () => {
  const avatar = avatarOf(buildActor({ ...PROFILE, avatar: CAT }, ADDRESSES, KEYS));
  expect(buildWebfinger({ username: 'blog', ...(avatar ? { avatar } : {}) }, ADDRESSES)).toEqual({
    subject: 'acct:blog@blog.example',
    aliases: ['https://blog.example/', 'https://blog.example/ap/actor.json'],
    links: [
      { rel: 'self', type: 'application/activity+json', href: 'https://blog.example/ap/actor.json' },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: 'https://blog.example/' },
      { rel: 'http://webfinger.net/rel/avatar', type: 'image/jpeg', href: 'https://blog.example/media/cat.jpg' },
    ],
  });
});

test.each([undefined, {}, { icon: null }, { icon: 'https://a.example/i.png' }, { icon: [] }, { icon: { url: 1 } }])(
  'an actor document such as %j has no avatar',
  (actor) => expect(avatarOf(actor)).toBeUndefined(),
);

const self = { rel: 'self', type: 'application/activity+json', href: 'https://peer.example/users/ann' };
const templatesOf = (links: readonly unknown[]) => [
  ...(readWebfinger(JSON.parse(JSON.stringify({ links: [self, ...links] })))?.templates ?? []),
];

test('the templates of a JRD are read by their rel, the first of each', () => {
  const rel = 'http://ostatus.org/schema/1.0/subscribe';
  const links = [
    { rel, template: 'https://peer.example/a?uri={uri}' },
    { rel, template: 'https://peer.example/b?uri={uri}' },
    { rel: '__proto__', template: 'https://peer.example/c' },
    { rel: 1, template: 'https://peer.example/d' },
    { rel: 'no-text', template: { toString: 'x' } },
    { rel: 'too-long', template: `https://peer.example/${'a'.repeat(3_000)}` },
    { rel: 'none' },
    null,
    'text',
  ];
  expect(templatesOf(links)).toEqual([
    [rel, 'https://peer.example/a?uri={uri}'],
    ['__proto__', 'https://peer.example/c'],
  ]);
  expect(templatesOf(Array.from({ length: 500 }, (_, number) => ({ rel: `r${number}`, template: 'x' })))).toHaveLength(
    50,
  );
});

import { expect, test } from 'vitest';
import { buildActor } from '../../federation/actor.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { avatarOf, buildWebfinger, matchResource } from '../../federation/webfinger.ts';
import { ADDRESSES, CAT, KEYS, PROFILE } from './sample.ts';

test.each([
  'acct:blog@blog.example',
  'ACCT:Blog@BLOG.example',
  'blog@blog.example',
  'acct:@blog@blog.example',
  'https://blog.example/ap/actor.json',
  'https://blog.example/',
  'https://blog.example',
])('%s is the blog', (resource) => expect(matchResource(resource, 'blog', ADDRESSES)).toBe(true));

test.each([
  'acct:other@blog.example',
  'acct:blog@other.example',
  'acct:blog',
  'blog',
  '',
  'https://blog.example/ap/actor.json#main-key',
  'http://blog.example/',
  'https://other.example/',
])('"%s" is another', (resource) => expect(matchResource(resource, 'blog', ADDRESSES)).toBe(false));

test('a port is part of the handle, for a local look', () => {
  expect(matchResource('acct:blog@localhost:4321', 'blog', addressesOf('http://localhost:4321'))).toBe(true);
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

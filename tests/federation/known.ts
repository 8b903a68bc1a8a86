import type { Followed, KnownActor, KnownObject, Reference } from '../../federation/reference.ts';

export const ANN: KnownActor = {
  id: 'https://peer.example/users/ann',
  handle: '@ann@peer.example',
  name: 'Ann',
  url: 'https://peer.example/@ann',
  inbox: 'https://peer.example/users/ann/inbox',
  sharedInbox: 'https://peer.example/inbox',
};

/** Her server has no shared inbox. */
export const BEA: KnownActor = {
  id: 'https://other.example/bea',
  handle: '@bea@other.example',
  url: 'https://other.example/bea',
  inbox: 'https://other.example/bea/inbox',
};

export const WORDS: KnownObject = {
  id: 'https://peer.example/users/ann/statuses/1',
  url: 'https://peer.example/@ann/1',
  type: 'Note',
  author: ANN,
  excerpt: 'Which gate is the oldest one?',
  published: '2026-02-28T09:00:00Z',
};

export function known(changes: Partial<KnownObject> = {}): Reference {
  const object = { ...WORDS, ...changes };
  return { kind: 'known', url: object.url, object };
}

export const OWN: Reference = {
  kind: 'own',
  url: './first.md',
  id: 'https://blog.example/ap/posts/first.json',
  path: '/posts/first/',
  title: 'The first gate',
};

export const NOBODY_KNOWS: Reference = {
  kind: 'unresolved',
  url: 'https://away.example/p/1',
  reason: 'The server did not answer.',
};

export function followed(changes: Partial<Followed> = {}): Followed {
  return {
    handle: ANN.handle,
    line: 2,
    actor: ANN,
    showBoosts: true,
    notify: false,
    languages: [],
    ...changes,
  };
}

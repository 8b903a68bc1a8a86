import { createHash } from 'node:crypto';
import type { ProfileFacts, PublicKeys } from '../../federation/actor.ts';
import { addressesOf } from '../../federation/addresses.ts';
import type { RenderedPost } from '../../federation/object-emission.ts';
import type { PictureFacts } from '../../federation/picture.ts';

export const ADDRESSES = addressesOf('https://blog.example');

export const DEPS = {
  sha256: (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex'),
  peerHtml: (html: string): string => html,
};

export const CAT: PictureFacts = {
  path: '/media/cat.jpg',
  alt: 'A cat on a wall',
  mediaType: 'image/jpeg',
  width: 1200,
  height: 800,
  blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
  digest: 'c'.repeat(64),
};

export const GATE: PictureFacts = {
  path: '/media/the gate.png',
  alt: 'A gate',
  mediaType: 'image/png',
  width: 640,
  height: 480,
  digest: 'd'.repeat(64),
};

/** Keys that are good to look at: the Ed25519 one is the vector of FEP-521a. */
export const KEYS: PublicKeys = {
  publicKeyPem:
    '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw3p2dG9nfe0CGSdGScvL\nEXAMPLE\n-----END PUBLIC KEY-----\n',
  publicKeyMultibase: 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
};

export const PROFILE: ProfileFacts = {
  username: 'blog',
  name: 'A blog',
  description: 'About gates.',
  bioHtml: '<p>About <strong>gates</strong>.</p>',
  fields: [
    { name: 'Website', value: 'https://blog.example/' },
    { name: 'Motto', value: '<small> & "open"' },
  ],
  discoverable: true,
  indexable: true,
  alsoKnownAs: [],
};

export function article(changes: Partial<RenderedPost> = {}): RenderedPost {
  return {
    kind: 'article',
    key: 'first',
    source: 'posts/first.md',
    path: '/posts/first/',
    language: 'en',
    title: 'The first gate',
    markdown: 'A *gate*.',
    html: '<p>A <em>gate</em>.</p>',
    published: '2026-03-01T09:00:00Z',
    dateOnly: false,
    tags: [],
    pictures: [],
    sensitive: false,
    visibility: 'public',
    pinned: false,
    teaser: false,
    federate: true,
    ...changes,
  };
}

export function note(changes: Partial<RenderedPost> = {}): RenderedPost {
  const { title: _, ...rest } = article();
  return { ...rest, kind: 'note', key: 'n1', source: 'notes/n1.md', path: '/notes/n1/', ...changes };
}

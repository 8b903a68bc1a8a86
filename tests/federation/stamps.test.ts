import { QuoteAuthorization } from '@fedify/vocab';
import { preloadedContexts } from '@fedify/vocab-runtime';
import { expect, test } from 'vitest';
import { buildStamp } from '../../federation/stamps.ts';
import { ADDRESSES } from './sample.ts';

const stamp = {
  id: `${ADDRESSES.origin}/ap/stamps/0123456789abcdef0123456789abcdef`,
  quote: 'https://peer.example/users/ann/statuses/1',
  target: `${ADDRESSES.origin}/ap/posts/first.json`,
  actor: 'https://peer.example/users/ann',
  at: '2026-11-23T12:00:00Z',
};

test('a stamp has its own id, the blog as its author, and both posts, each as a plain string (Mastodon’s VerifyQuoteService)', () => {
  const { '@context': context, ...rest } = buildStamp(stamp, ADDRESSES);
  expect(rest).toEqual({
    id: stamp.id,
    type: 'QuoteAuthorization',
    attributedTo: ADDRESSES.actor,
    interactingObject: stamp.quote,
    interactionTarget: stamp.target,
  });
  // `supported_context?` looks for the string itself.
  expect(context).toContain('https://www.w3.org/ns/activitystreams');
  expect(context).toContainEqual({
    gts: 'https://gotosocial.org/ns#',
    QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
    interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
    interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
  });
});

test('Fedify reads all three references of a stamp as JSON-LD, offline', async () => {
  const documentLoader = async (url: string) => {
    const document = preloadedContexts[url];
    if (document === undefined) throw new Error(`${url} is not preloaded`);
    return { contextUrl: null, documentUrl: url, document };
  };
  const read = await QuoteAuthorization.fromJsonLd(buildStamp(stamp, ADDRESSES), {
    documentLoader,
    contextLoader: documentLoader,
  });
  expect(read.id?.href).toBe(stamp.id);
  expect(read.attributionId?.href).toBe(ADDRESSES.actor);
  expect(read.interactingObjectId?.href).toBe(stamp.quote);
  expect(read.interactionTargetId?.href).toBe(stamp.target);
});

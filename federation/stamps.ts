import type { Addresses } from './addresses.ts';
import { contextOf } from './contexts.ts';
import type { Stamp } from './interaction.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * Builds the document of a stamp: the blog's consent that one post quotes one of its own.
 *
 * Whoever meets the quote fetches it and compares: the id with the address, the host of `attributedTo` with the stamp's, and
 * all three references with what it knows, byte for byte; so each is a plain string. Never fails. (FEP-044f,
 * QuoteAuthorization; Mastodon 4.5 `VerifyQuoteService`)
 */
export function buildStamp(stamp: Stamp, addresses: Addresses): JsonObject {
  return {
    '@context': contextOf(['QuoteAuthorization']),
    id: stamp.id,
    type: 'QuoteAuthorization',
    attributedTo: addresses.actor,
    interactingObject: stamp.quote,
    interactionTarget: stamp.target,
  };
}

import type { Json, JsonObject } from './vocabulary.ts';

/** The context that every document names: Mastodon looks for this literal string. */
export const ACTIVITY_STREAMS = 'https://www.w3.org/ns/activitystreams';

const TOOT = 'http://joinmastodon.org/ns#';
const GOTOSOCIAL = 'https://gotosocial.org/ns#';

/**
 * Each extension term and what it is bound to, as Mastodon binds it. Most peers read plain JSON; the ones that process
 * JSON-LD (Fedify, Iceshrimp.NET) drop a term that no context binds. They are bound inline, so that nobody has to fetch
 * a context that may be gone.
 */
const TERMS = {
  Hashtag: { Hashtag: 'as:Hashtag' },
  sensitive: { sensitive: 'as:sensitive' },
  blurhash: { toot: TOOT, blurhash: 'toot:blurhash' },
  manuallyApprovesFollowers: { manuallyApprovesFollowers: 'as:manuallyApprovesFollowers' },
  alsoKnownAs: { alsoKnownAs: { '@id': 'as:alsoKnownAs', '@type': '@id' } },
  featured: { toot: TOOT, featured: { '@id': 'toot:featured', '@type': '@id' } },
  discoverable: { toot: TOOT, discoverable: 'toot:discoverable' },
  indexable: { toot: TOOT, indexable: 'toot:indexable' },
  attributionDomains: { toot: TOOT, attributionDomains: { '@id': 'toot:attributionDomains', '@container': '@set' } },
  PropertyValue: { schema: 'http://schema.org#', PropertyValue: 'schema:PropertyValue', value: 'schema:value' },
  assertionMethod: {
    assertionMethod: { '@id': 'https://w3id.org/security#assertionMethod', '@type': '@id', '@container': '@set' },
  },
  interactionPolicy: {
    gts: GOTOSOCIAL,
    interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
    canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
    automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
  },
  manualApproval: { gts: GOTOSOCIAL, manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' } },
  movedTo: { movedTo: { '@id': 'as:movedTo', '@type': '@id' } },
  votersCount: { toot: TOOT, votersCount: 'toot:votersCount' },
  quote: {
    quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
    quoteUrl: 'as:quoteUrl',
    quoteUri: 'http://fedibird.com/ns#quoteUri',
    _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
    quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
  },
  QuoteRequest: { QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest' },
  QuoteAuthorization: {
    gts: GOTOSOCIAL,
    QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
    interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
    interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
  },
} as const satisfies Record<string, JsonObject>;

export type Term = keyof typeof TERMS;

/** Remote contexts of the actor document; Fedify preloads each, so they are read without a request. */
const ACTOR_CONTEXTS = [
  'https://w3id.org/security/v1',
  'https://w3id.org/security/multikey/v1',
  'https://purl.archive.org/socialweb/webfinger',
] as const;

/**
 * Gives the `@context` of a document that uses `terms`: ActivityStreams alone, or with one object that binds just those
 * terms, each as its origin binds it. Never fails. (JSON-LD 1.1 §3.1; FEP-044f; Mastodon's `context_helper.rb`)
 */
export function contextOf(terms: readonly Term[]): Json {
  const bound = bind(terms);
  return Object.keys(bound).length === 0 ? ACTIVITY_STREAMS : [ACTIVITY_STREAMS, bound];
}

/**
 * Gives the `@context` of the actor document, which adds the vocabularies of keys (FEP-521a) and of WebFinger
 * (FEP-2c59) to what {@link contextOf} gives. Never fails.
 */
export function actorContextOf(terms: readonly Term[]): Json {
  return [ACTIVITY_STREAMS, ...ACTOR_CONTEXTS, bind(terms)];
}

/**
 * Takes a document apart into its `@context` and the rest, so that the rest can stand inside an activity that names the
 * context once. A document without one gets ActivityStreams. (JSON-LD 1.1 §3.1)
 */
export function splitContext(document: JsonObject): { readonly context: Json; readonly rest: JsonObject } {
  const { '@context': context, ...rest } = document;
  return { context: context ?? ACTIVITY_STREAMS, rest };
}

function bind(terms: readonly Term[]): JsonObject {
  return Object.assign({}, ...terms.map((term) => TERMS[term])) as JsonObject;
}

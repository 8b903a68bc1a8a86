import { escapeHtml } from './html-text.ts';
import type { Reference } from './reference.ts';
import type { JsonObject } from './vocabulary.ts';

/** What a post may quote; `PostFacts` has this shape. */
interface Quoting {
  readonly quotationOf?: Reference;
}

/**
 * Gives the id of what a post quotes. Undefined where nothing is known of it, and where its author says that it may not be
 * quoted: then it is a link in the text, and no quote. Never fails. (FEP-044f)
 */
export function quotedId({ quotationOf }: Quoting): string | undefined {
  switch (quotationOf?.kind) {
    case 'own':
      return quotationOf.id;
    case 'known':
      return quotationOf.object.refusesQuotes ? undefined : quotationOf.object.id;
    default:
      return undefined;
  }
}

/**
 * Gives the members that say what is quoted: the FEP's, and three older ones for servers that know no other (Misskey and
 * its forks, Pleroma's forks, Fedibird). Never fails. (FEP-044f)
 */
export function quoteMembers(post: Quoting) {
  const id = quotedId(post);
  return (id === undefined ? {} : { quote: id, quoteUrl: id, quoteUri: id, _misskey_quote: id }) satisfies JsonObject;
}

/**
 * Gives HTML with a link to what is quoted at its end: what a server shows that knows no quotes. The others hide an element of
 * this class beside the quote (Mastodon 4.4 and later, FEP-044f). Takes the origin, for a post of our own; never fails.
 */
export function withQuoteLink(html: string, { quotationOf }: Quoting, origin: string): string {
  if (quotationOf === undefined) return html;
  const url = escapeHtml(pageOf(quotationOf, origin));
  return `${html}<p class="quote-inline">RE: <a href="${url}">${url}</a></p>`;
}

/**
 * Gives the document of a post with the consent of the quoted author; without one, as it is. Takes the document of the build
 * and the id of the stamp; what quotes something else, or nothing, has none. Never fails. (FEP-044f, quoteAuthorization)
 */
export function withConsent(
  document: JsonObject,
  consent: { readonly quoted: string; readonly state: string; readonly stamp?: string } | undefined,
): JsonObject {
  if (consent?.state !== 'accepted' || consent.stamp === undefined || document.quote !== consent.quoted)
    return document;
  const shown: JsonObject = {};
  for (const [key, value] of Object.entries(document)) {
    shown[key] = value;
    if (key === '_misskey_quote') shown.quoteAuthorization = consent.stamp;
  }
  return shown;
}

function pageOf(reference: Reference, origin: string): string {
  switch (reference.kind) {
    case 'known':
      return reference.object.url;
    case 'own':
      return new URL(reference.path, origin).href;
    case 'unresolved':
      return reference.url;
    default:
      return reference satisfies never;
  }
}

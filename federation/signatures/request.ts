/**
 * A request as the signature schemes see it. `url` is the public URL: the origin of the blog and the request target as it
 * came on the wire, query included, whatever a proxy or a serverless platform made of it on the way. `headers` may be a
 * fetch `Headers` or pairs in wire order.
 */
export interface RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: Uint8Array;
}

/** What Postern is about to send. GET carries `accept`, POST `contentType` and `body`. */
export type OutgoingRequest =
  | { readonly method: 'GET'; readonly url: string; readonly accept: string }
  | { readonly method: 'POST'; readonly url: string; readonly contentType: string; readonly body: Uint8Array };

/** The key that signs: RSASSA-PKCS1-v1_5 with SHA-256. */
export interface Signer {
  readonly keyId: string;
  sign(data: Uint8Array): Uint8Array;
}

export interface SigningDeps {
  readonly sha256: (data: Uint8Array) => Uint8Array;
  readonly signer: Signer;
}

/** The parts of a URL, unnormalized: a signature covers the bytes on the wire. */
export interface Target {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** With its `?`, or empty when there is none. */
  readonly query: string;
}

/** Splits an http(s) URL, or gives undefined. Scheme and authority are normalized as RFC 9421 §2.2.3 asks, the rest is kept. */
export function targetOf(url: string): Target | undefined {
  const [, rawScheme, rawAuthority, path, query] = /^(https?):\/\/([^/?#]+)([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  if (rawScheme === undefined || rawAuthority === undefined) return undefined;
  const scheme = rawScheme.toLowerCase();
  return { scheme, authority: normalizeAuthority(scheme, rawAuthority), path: path || '/', query: query ?? '' };
}

/** Gives a field's value with its occurrences trimmed and joined by `, ` (RFC 9421 §2.1), or undefined when it is absent. */
export function headerValue(headers: RequestMessage['headers'], name: string): string | undefined {
  let found: string | undefined;
  for (const [key, value] of headers) {
    if (key.toLowerCase() === name) found = found === undefined ? value.trim() : `${found}, ${value.trim()}`;
  }
  return found;
}

/**
 * Gives the value of a covered field. `host` is the public host: a proxy that rewrites Host breaks no signature, and one
 * made for another host never verifies here. The header's own spelling is used where it names the same host.
 */
export function coveredField(request: RequestMessage, target: Target, name: string): string | undefined {
  const value = headerValue(request.headers, name);
  if (name !== 'host') return value;
  return value !== undefined && normalizeAuthority(target.scheme, value) === target.authority
    ? value
    : target.authority;
}

function normalizeAuthority(scheme: string, authority: string): string {
  const lower = authority.toLowerCase();
  return scheme === 'https' ? lower.replace(/:443$/, '') : lower.replace(/:80$/, '');
}

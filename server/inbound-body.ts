import { type Outcome, refused } from '../federation/outcome.ts';

/** What a host hands over of a request to the inbox. `url` is the public one, with its query as it came. */
export interface InboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Mastodon's own limit; nothing honest is larger. */
const MAX_BODY = 1_048_576;

/**
 * The types of a body, parameters aside. ActivityPub §7 asks for `ld+json` with its profile; GoToSocial sends that, most
 * send `activity+json`, and what says `application/json` Hollo and Misskey accept too.
 */
const BODY_TYPES: ReadonlySet<string> = new Set([
  'application/activity+json',
  'application/ld+json',
  'application/json',
]);

const decoder = new TextDecoder('utf-8', { fatal: true });

export type InboundBody =
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

/** Reads the JSON of a request to the inbox, or says why it is refused before anything is looked up. Never throws. */
export function readInboundBody(request: InboundRequest): InboundBody {
  if (request.method !== 'POST') return refuse('method', 405, 'Activities are POSTed to the inbox.');
  const contentType = request.headers.get('content-type') ?? '';
  if (!BODY_TYPES.has((contentType.split(';', 1)[0] ?? '').trim().toLowerCase())) {
    return refuse('content-type', 415, 'Send activities as application/activity+json.');
  }
  if (request.body.byteLength > MAX_BODY) return refuse('body-too-large', 413, 'The body is larger than 1 MiB.');
  try {
    return { kind: 'json', json: JSON.parse(decoder.decode(request.body)) };
  } catch {
    return refuse('not-json', 400, 'The body is not JSON in UTF-8.');
  }
}

function refuse(reason: string, status: 400 | 405 | 413 | 415, message: string): InboundBody {
  return { kind: 'refused', outcome: refused(reason, status, message) };
}

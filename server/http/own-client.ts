import { HEAD_PATH } from '../../federation/manifest-parts.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { guardUrl } from './addresses.ts';
import { discard, errorText } from './bodies.ts';
import { type GetOptions, guardedGet } from './guarded-get.ts';

export type OwnClientOptions = GetOptions;

/** What our own site says of itself, seen from outside. */
export type LiveContent =
  /** See `Manifest.content`. */
  | { readonly kind: 'content'; readonly content: string }
  /** There is an answer, and it is no manifest. */
  | { readonly kind: 'none'; readonly reason: string }
  /** Worth asking again. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks our own site under its public address. Never throws for what it is answered. */
export interface OwnClient {
  /** What the build says that is live at `origin`. */
  content(origin: string): Promise<LiveContent>;
  /** Posts nothing but a token; gives the status, or why there is none. */
  post(url: string, token: string): Promise<number | string>;
}

/** The head of a manifest has one entry for each of at most 256 buckets. */
const MAX_BYTES = 262_144;
const DEADLINE_MS = 8_000;

/** Makes the client by which a host without a lasting process looks at its own site and starts its own work. */
export function createOwnClient(options: OwnClientOptions): OwnClient {
  const settings = { deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES, ...options, accept: 'application/json' };
  return {
    async content(origin) {
      const got = await guardedGet(settings, origin + HEAD_PATH);
      switch (got.kind) {
        case 'body':
          return contentOf(got.bytes);
        case 'refused':
          return { kind: 'none', reason: got.reason === 'status' ? `status ${got.status}` : got.reason };
        case 'failed':
        case 'blocked':
          return { kind: 'failed', reason: got.reason };
        case 'not-asked':
          return { kind: 'failed', reason: 'asked too often' };
        default:
          return got satisfies never;
      }
    },
    async post(address, token) {
      const guarded = guardUrl(address, settings);
      if (guarded.kind === 'blocked') return guarded.reason;
      const { url } = guarded;
      const { default: fetch } = await import('node-fetch');
      try {
        const response = await fetch(url, {
          method: 'POST',
          // A token goes where it was made for, and nowhere else.
          redirect: 'manual',
          agent: settings.agents.for(url),
          signal: AbortSignal.timeout(settings.deadlineMs),
          headers: { authorization: `Bearer ${token}`, 'user-agent': settings.userAgent },
        });
        discard(response);
        return response.status;
      } catch (error) {
        return errorText(error);
      }
    },
  };
}

function contentOf(bytes: Buffer): LiveContent {
  try {
    const head: unknown = JSON.parse(bytes.toString());
    if (isJsonObject(head) && typeof head.content === 'string') return { kind: 'content', content: head.content };
  } catch {
    // Told below, in the same words.
  }
  return { kind: 'none', reason: 'no manifest' };
}

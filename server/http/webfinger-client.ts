import fetch, { type Response } from 'node-fetch';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { JRD_JSON, readWebfinger } from '../../federation/webfinger.ts';
import { guardUrl, isBlockedAddress } from './addresses.ts';
import type { Agents } from './agents.ts';
import { bodyWithin, discard, errorText } from './bodies.ts';

export interface WebfingerClientOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  /** For the whole of it, redirects and body included. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
  /** Says whether a host may be asked now; each hop asks. No bound unless given. */
  readonly mayAsk?: (host: string) => boolean;
}

export type WebfingerAnswer =
  | {
      readonly kind: 'answer';
      /** The handle that the server says is the right one, without `acct:` and `@`. */
      readonly subject: string | undefined;
      /** The id of the actor, as the server says. */
      readonly self: string;
      /** Where its server lets it act on what it read elsewhere: see `readWebfinger`. */
      readonly templates: ReadonlyMap<string, string>;
    }
  /** The server's answer is final; `status` 200 means that its answer is unusable. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** Worth trying again. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'blocked'; readonly reason: string };

/** Asks servers for the actor behind a handle. Never throws for what a server does. */
export interface WebfingerClient {
  /** `handle` is `user@host`, with or without an `@` before it. */
  get(handle: string): Promise<WebfingerAnswer>;
}

const MAX_REDIRECTS = 3;

type Settings = Required<WebfingerClientOptions>;

/**
 * Makes the client that asks for handles by WebFinger (RFC 7033). Each hop is guarded and limited. Redirects may lead to
 * another host, as of a handle whose domain is not its server's, and to https alone (§4.2).
 */
export function createWebfingerClient(options: WebfingerClientOptions): WebfingerClient {
  const settings: Settings = { deadlineMs: 10_000, maxBytes: 262_144, mayAsk: () => true, ...options };
  return {
    async get(handle) {
      const url = addressOf(handle);
      if (url === undefined) return { kind: 'refused', status: 0, reason: 'not-a-handle' };
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), settings.deadlineMs);
      try {
        return await visit(settings, url, controller.signal, 0);
      } catch (error) {
        if (controller.signal.aborted) return { kind: 'failed', reason: `no answer within ${settings.deadlineMs} ms` };
        return { kind: isBlockedAddress(error) ? 'blocked' : 'failed', reason: errorText(error) };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The host as the URL parser writes it: what is asked for and whom are the same, however a name is spelt. */
function addressOf(handle: string): string | undefined {
  const [user, host, more] = handle.replace(/^@/, '').split('@');
  if (!user || !host || more !== undefined || /[/?#\\]/.test(host) || !URL.canParse(`https://${host}`))
    return undefined;
  const url = new URL(`https://${host}/.well-known/webfinger`);
  url.search = `resource=${encodeURIComponent(`acct:${user}@${url.host}`)}`;
  return url.href;
}

async function visit(
  settings: Settings,
  address: string,
  signal: AbortSignal,
  redirects: number,
): Promise<WebfingerAnswer> {
  const guarded = guardUrl(address, settings);
  if (guarded.kind === 'blocked') return guarded;
  const { url } = guarded;
  if (!settings.mayAsk(url.host)) return { kind: 'failed', reason: 'too-many-requests-to-host' };
  const headers = { accept: `${JRD_JSON}, application/json`, 'user-agent': settings.userAgent };
  const response = await fetch(url, { redirect: 'manual', signal, agent: settings.agents.for(url), headers });
  const { status } = response;
  if (status === 200) return read(settings, response);
  discard(response);
  if (status >= 300 && status < 400) {
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, url.href))
      return { kind: 'refused', status, reason: 'redirect-without-location' };
    if (redirects >= MAX_REDIRECTS) return { kind: 'refused', status, reason: 'too-many-redirects' };
    return visit(settings, new URL(location, url.href).href, signal, redirects + 1);
  }
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  return isPassing ? { kind: 'failed', reason: `status ${status}` } : { kind: 'refused', status, reason: 'status' };
}

/** The content type is not looked at: servers send JRDs as application/json and as text, and nothing rests on it. */
async function read(settings: Settings, response: Response): Promise<WebfingerAnswer> {
  const unusable = (reason: string): WebfingerAnswer => ({ kind: 'refused', status: 200, reason });
  const bytes = await bodyWithin(response.body, settings.maxBytes);
  if (bytes === undefined) return unusable('too-large');
  const found = readWebfinger(parse(bytes));
  return found === undefined ? unusable('no-actor-link') : { kind: 'answer', ...found };
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

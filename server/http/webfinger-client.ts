import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { JRD_JSON, readWebfinger } from '../../federation/webfinger.ts';
import { type GetOptions, type Got, type GuardedGet, guardedGet } from './guarded-get.ts';

export interface WebfingerClientOptions extends GetOptions {
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

const ACCEPT = `${JRD_JSON}, application/json`;

/**
 * Makes the client that asks for handles by WebFinger (RFC 7033). Each hop is guarded and limited. Redirects may lead to
 * another host, as of a handle whose domain is not its server's, and to https alone (§4.2).
 */
export function createWebfingerClient(options: WebfingerClientOptions): WebfingerClient {
  const settings: GuardedGet = { deadlineMs: 10_000, maxBytes: 262_144, ...options, accept: ACCEPT };
  return {
    async get(handle) {
      const url = addressOf(handle);
      if (url === undefined) return { kind: 'refused', status: 0, reason: 'not-a-handle' };
      const got = await getFrom(settings, url);
      if (got.kind === 'not-asked') return { kind: 'failed', reason: 'too-many-requests-to-host' };
      return got.kind === 'body' ? read(got.bytes) : got;
    },
  };
}

/** The host as the URL parser writes it: what is asked for and whom are the same, however a name is spelt. */
function addressOf(handle: string): URL | undefined {
  const [user, host, more] = handle.replace(/^@/, '').split('@');
  if (!user || !host || more !== undefined || /[/?#\\]/.test(host) || !URL.canParse(`https://${host}`))
    return undefined;
  const url = new URL(`https://${host}/.well-known/webfinger`);
  url.search = `resource=${encodeURIComponent(`acct:${user}@${url.host}`)}`;
  return url;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Many a server in development has no certificate, on the machine where one develops: there plain http is tried, too. */
async function getFrom(settings: GuardedGet, { href, hostname }: URL): Promise<Got> {
  const got = await guardedGet(settings, href);
  const isPlain = got.kind === 'failed' && got.status === undefined;
  if (!isPlain || !settings.allowPrivate || !LOOPBACK.test(hostname)) return got;
  const plain = await guardedGet(settings, href.replace(/^https:/, 'http:'));
  return plain.kind === 'failed' && plain.status === undefined ? got : plain;
}

/** The content type is not looked at: servers send JRDs as application/json and as text, and nothing rests on it. */
function read(bytes: Buffer): WebfingerAnswer {
  const found = readWebfinger(parse(bytes));
  return found === undefined ? { kind: 'refused', status: 200, reason: 'no-actor-link' } : { kind: 'answer', ...found };
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

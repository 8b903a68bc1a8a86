import fetch, { type Response } from 'node-fetch';
import { guardUrl, isBlockedAddress } from './addresses.ts';
import type { Agents } from './agents.ts';
import { bodyWithin, discard, errorText } from './bodies.ts';

export interface ListClientOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  /** For the whole of it, redirects and body included. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
}

export type FetchedList =
  | { readonly kind: 'list'; readonly text: string }
  /** `reason` is for people. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Gets lists of blocks that others publish. Never throws for what a server does. */
export interface ListClient {
  get(url: string): Promise<FetchedList>;
}

const MAX_REDIRECTS = 3;

/** The longest lists that are published have some thousands of lines. */
const MAX_BYTES = 8_388_608;

type Settings = Required<ListClientOptions>;

/** Makes the client that gets published lists. Each hop is guarded and limited; a page of HTML is no list. */
export function createListClient(options: ListClientOptions): ListClient {
  const settings: Settings = { deadlineMs: 30_000, maxBytes: MAX_BYTES, ...options };
  return {
    async get(url) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), settings.deadlineMs);
      try {
        return await visit(settings, url, controller.signal, 0);
      } catch (error) {
        if (controller.signal.aborted) return failed(`no answer within ${settings.deadlineMs / 1000} s`);
        return failed(isBlockedAddress(error) ? `not allowed: ${errorText(error)}` : errorText(error));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Redirects may lead to another host: what is published on code forges comes from elsewhere. */
async function visit(
  settings: Settings,
  address: string,
  signal: AbortSignal,
  redirects: number,
): Promise<FetchedList> {
  const guarded = guardUrl(address, settings);
  if (guarded.kind === 'blocked') return failed(`not allowed: ${guarded.reason}`);
  const { url } = guarded;
  const headers = { accept: 'text/csv, text/plain', 'user-agent': settings.userAgent };
  const response = await fetch(url, { redirect: 'manual', signal, agent: settings.agents.for(url), headers });
  const { status } = response;
  if (status === 200) return read(settings, response);
  discard(response);
  if (status < 300 || status >= 400) return failed(`it answered ${status}`);
  const location = response.headers.get('location');
  if (location === null || !URL.canParse(location, url.href)) return failed('it leads nowhere');
  if (redirects >= MAX_REDIRECTS) return failed('it leads on too often');
  return visit(settings, new URL(location, url.href).href, signal, redirects + 1);
}

async function read({ maxBytes }: Settings, response: Response): Promise<FetchedList> {
  if (/^\s*(?:text\/html|application\/xhtml)/i.test(response.headers.get('content-type') ?? '')) {
    discard(response);
    return failed('it answered with a page, not with a list');
  }
  const bytes = await bodyWithin(response.body, maxBytes);
  if (bytes === undefined) return failed(`it is larger than ${Math.floor(maxBytes / 1_048_576)} MB`);
  return { kind: 'list', text: new TextDecoder().decode(bytes) };
}

function failed(reason: string): FetchedList {
  return { kind: 'failed', reason };
}

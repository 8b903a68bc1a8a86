import { guardUrl, isBlockedAddress } from './addresses.ts';
import type { Agents } from './agents.ts';
import { bodyWithin, discard, errorText } from './bodies.ts';

/** What every client that reads from other servers is given. */
export interface GetOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  /** For the whole of it, redirects and body included. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
}

export interface GuardedGet extends Required<GetOptions> {
  readonly accept: string;
  /** Says whether a host may be asked now; each hop asks. No bound unless given. */
  readonly mayAsk?: ((host: string) => boolean) | undefined;
  /** Says whether a body of this content type is wanted; all are unless given. */
  readonly wants?: (contentType: string) => boolean;
}

export type Got =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  /** The server's answer is final; `status` 200 means that it is of no use. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: GetRefusal }
  /** Worth trying again; `status` where there was an answer. */
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number }
  /** `mayAsk` said no. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'blocked'; readonly reason: string };

export type GetRefusal =
  | 'status'
  | 'redirect-without-location'
  | 'too-many-redirects'
  | 'too-large'
  | 'unwanted-content-type';

const MAX_REDIRECTS = 3;

/** Answers that may be another after a while (RFC 9110 §15; 425: RFC 8470). */
export function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * Gets what is at an address, unsigned: each hop guarded and asked about, at most three redirects, which may lead to another
 * host, one deadline and one bound for all of it. Never throws for what a server does.
 */
export async function guardedGet(get: GuardedGet, address: string): Promise<Got> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), get.deadlineMs);
  try {
    return await visit(get, address, controller.signal, 0);
  } catch (error) {
    if (controller.signal.aborted) return { kind: 'failed', reason: `no answer within ${get.deadlineMs} ms` };
    return { kind: isBlockedAddress(error) ? 'blocked' : 'failed', reason: errorText(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function visit(get: GuardedGet, address: string, signal: AbortSignal, redirects: number): Promise<Got> {
  const guarded = guardUrl(address, get);
  if (guarded.kind === 'blocked') return guarded;
  const { url } = guarded;
  if (get.mayAsk?.(url.host) === false) return { kind: 'not-asked' };
  // Loaded when something is first asked for: a function that wakes for one request has no time for what it may not need.
  const { default: fetch } = await import('node-fetch');
  const headers = { accept: get.accept, 'user-agent': get.userAgent };
  const response = await fetch(url, { redirect: 'manual', signal, agent: get.agents.for(url), headers });
  const { status } = response;
  const refuse = (reason: GetRefusal): Got => {
    discard(response);
    return { kind: 'refused', status, reason };
  };
  if (status === 200) {
    if (get.wants?.(response.headers.get('content-type') ?? '') === false) return refuse('unwanted-content-type');
    if (Number(response.headers.get('content-length') ?? 0) > get.maxBytes) return refuse('too-large');
    const bytes = await bodyWithin(response.body, get.maxBytes);
    return bytes === undefined ? { kind: 'refused', status, reason: 'too-large' } : { kind: 'body', bytes };
  }
  if (status >= 300 && status < 400) {
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, url.href)) return refuse('redirect-without-location');
    if (redirects >= MAX_REDIRECTS) return refuse('too-many-redirects');
    discard(response);
    return visit(get, new URL(location, url.href).href, signal, redirects + 1);
  }
  if (!isPassing(status)) return refuse('status');
  discard(response);
  return { kind: 'failed', reason: `status ${status}`, status };
}

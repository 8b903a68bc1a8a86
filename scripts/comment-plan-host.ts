import fetch from 'node-fetch';
import { guardUrl, isBlockedAddress } from '../server/http/addresses.ts';
import type { Agents } from '../server/http/agents.ts';
import { bodyWithin, errorText } from '../server/http/bodies.ts';
import { type AskHost, type HostAnswer, HostFault } from './comment-plan-post.ts';

export interface HostOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  /** What signs in, too. */
  readonly headers: Readonly<Record<string, string>>;
  /** For all requests together. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
}

const DEADLINE_MS = 20_000;
/** A page of comments as long as comments can be. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Makes what asks a git host: each address guarded, all of it within one deadline. A redirect is not followed, since the
 * token would go with it.
 */
export function createHost({ agents, allowPrivate, userAgent, headers, ...bounds }: HostOptions): AskHost {
  const { deadlineMs = DEADLINE_MS, maxBytes = MAX_BYTES } = bounds;
  const signal = AbortSignal.timeout(deadlineMs);
  return async (method, address, body) => {
    const guarded = guardUrl(address, { allowPrivate });
    if (guarded.kind === 'blocked') throw new HostFault(`its address may not be asked: ${guarded.reason}`);
    const { url } = guarded;
    try {
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        signal,
        agent: agents.for(url),
        headers: { ...headers, 'user-agent': userAgent, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const bytes = await bodyWithin(response.body, maxBytes);
      if (bytes === undefined) throw new HostFault(`its answer is larger than ${maxBytes} bytes`);
      const { status } = response;
      return { status, limited: isLimited(status, response.headers), ...json(bytes) };
    } catch (error) {
      if (error instanceof HostFault) throw error;
      if (signal.aborted) throw new HostFault(`no answer within ${deadlineMs / 1000} s`);
      throw new HostFault(isBlockedAddress(error) ? 'its address may not be asked' : errorText(error));
    }
  };
}

/** GitHub says so with 403 as well. */
function isLimited(status: number, headers: { get(name: string): string | null }): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.get('retry-after') !== null);
}

function json(bytes: Buffer): Pick<HostAnswer, 'value'> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return { value };
  } catch {
    return {};
  }
}

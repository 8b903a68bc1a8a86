import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockedAddressError, guardUrl, type Resolve } from '../../server/http/addresses.ts';
import { type Agents, createAgents } from '../../server/http/agents.ts';
import { errorText } from '../../server/http/bodies.ts';
import { oneLine } from '../printable.ts';
import type { Voice } from './voices.ts';

/** What came back, redirects and faults as they are. */
export interface Answer {
  readonly kind: 'answer';
  readonly url: string;
  readonly status: number;
  /** By lower-case name; of several the values are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether the body came to its end, and within the bound. */
  readonly end: 'whole' | 'cut' | 'too-large';
  /** Our clock in the middle between question and answer, and how far the two are apart. Milliseconds. */
  readonly at: number;
  readonly tookMs: number;
}

export interface NoAnswer {
  readonly kind: 'none';
  readonly url: string;
  /** Of node or the guard: `ENOTFOUND`, `CERT_HAS_EXPIRED`, `POSTERN_BLOCKED`, `TIMEOUT`. */
  readonly code: string;
  readonly reason: string;
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly voice?: Voice;
  /** Instead of the voice's. */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes?: number;
  /** Plain http to a public address, which the guard refuses else: to see whether it redirects. */
  readonly plain?: boolean;
}

/** One request and what it brought: no redirect is followed. Never throws for what the other side does. */
export type Ask = (url: string, question?: Question) => Promise<Answer | NoAnswer>;

export interface AskOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly clock: () => number;
  readonly resolve?: Resolve;
  readonly deadlineMs?: number;
}

/** Mastodon reads no document beyond this. */
export const MAX_DOCUMENT = 1_048_576;

const DEADLINE_MS = 15_000;
const USER_AGENT = 'Postern doctor';

/** Opens what all questions go through: only to public addresses unless `allowPrivate`, bounded in time and size. */
export function openAsk(options: Omit<AskOptions, 'agents'>): { readonly ask: Ask; close(): void } {
  const agents = createAgents(options);
  return { ask: createAsk({ ...options, agents }), close: () => agents.close() };
}

export function createAsk(options: AskOptions): Ask {
  return async (url, question = {}) => {
    const first = await askOnce(options, url, question);
    // The other side closed a kept connection just then.
    return first === 'stale' ? finished(await askOnce(options, url, question), url) : first;
  };
}

function finished(got: Answer | NoAnswer | 'stale', url: string): Answer | NoAnswer {
  return got === 'stale' ? none(url, 'ECONNRESET', 'the connection was closed twice') : got;
}

function askOnce(options: AskOptions, address: string, question: Question): Promise<Answer | NoAnswer | 'stale'> {
  const guarded = guardUrl(question.plain ? address.replace(/^http:/, 'https:') : address, options);
  if (guarded.kind === 'blocked') {
    return Promise.resolve(
      none(address, BlockedAddressError.code, `other servers refuse the address (${guarded.reason})`),
    );
  }
  const { url } = guarded;
  if (question.plain) url.protocol = 'http:';
  url.hash = '';
  const { deadlineMs = DEADLINE_MS, clock } = options;
  return new Promise((resolve) => {
    const began = clock();
    const request = start(options, url, question);
    const timer = setTimeout(() => {
      resolve(none(address, 'TIMEOUT', `no answer within ${deadlineMs / 1_000} s`));
      request.destroy();
    }, deadlineMs);
    const end = (got: Answer | NoAnswer | 'stale'): void => {
      clearTimeout(timer);
      resolve(got);
    };
    request.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
      end(request.reusedSocket && code === 'ECONNRESET' ? 'stale' : none(address, code, oneLine(errorText(error))));
    });
    request.on('response', (response) => {
      const tookMs = clock() - began;
      const head = { url: address, at: began + tookMs / 2, tookMs };
      void read(response, question.maxBytes ?? MAX_DOCUMENT).then((body) =>
        end({ ...answerOf(response), ...head, ...body }),
      );
    });
    request.end(question.body);
  });
}

function start(
  { agents }: AskOptions,
  url: URL,
  { method = 'GET', voice, accept, headers, body }: Question,
): ClientRequest {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return send(url, {
    method,
    agent: agents.for(url),
    headers: {
      accept: accept ?? voice?.accept ?? '*/*',
      'user-agent': voice?.userAgent ?? USER_AGENT,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      ...headers,
    },
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): Pick<Answer, 'kind' | 'status' | 'headers'> {
  const values = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return { kind: 'answer', status: statusCode, headers: Object.fromEntries(values) };
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Pick<Answer, 'body' | 'end'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > maxBytes) return { body: Buffer.concat(chunks), end: 'too-large' };
      chunks.push(bytes);
    }
    return { body: Buffer.concat(chunks), end: 'whole' };
  } catch {
    return { body: Buffer.concat(chunks), end: 'cut' };
  }
}

function none(url: string, code: string, reason: string): NoAnswer {
  return { kind: 'none', url, code, reason };
}

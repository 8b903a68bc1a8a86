import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Attempt, SignatureForm } from '../../federation/delivery.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { InboxClient } from '../ports.ts';
import { guardUrl, isBlockedAddress } from './addresses.ts';
import type { Agents } from './agents.ts';
import { errorText } from './bodies.ts';
import { createOwnFaults, type OwnFaults } from './own-faults.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { SignPost } from './signing.ts';

export interface InboxClientOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly signPost: SignPost;
  readonly userAgent: string;
  readonly clock: () => number;
  /** From the wait for a socket to the end of the response. */
  readonly deadlineMs?: number;
}

/** What a peer says beyond its status is of no use; the rest of a longer answer is not waited for. */
const MAX_RESPONSE_BYTES = 65_536;

type Settings = Required<InboxClientOptions>;

/**
 * Makes the client that posts activities to inboxes. It follows no redirect: a redirected POST is lost with most peers, and
 * the signature names the first address. `close` ends what is under way and closes the shared agents' sockets.
 */
export function createInboxClient(options: InboxClientOptions): InboxClient {
  const settings: Settings = { deadlineMs: 10_000, ...options };
  const underWay = new Set<ClientRequest>();
  const ownFaults = createOwnFaults(() => performance.now());
  return {
    async post(inbox, body, { form = 'draft-cavage', by } = {}) {
      const guarded = guardUrl(inbox, settings);
      if (guarded.kind === 'blocked') return { kind: 'blocked', error: guarded.reason };
      const send = {
        settings,
        url: guarded.url,
        body,
        form,
        by,
        underWay,
        ownFaults,
        until: performance.now() + settings.deadlineMs,
      };
      const first = await attempt(send);
      // The peer closed a kept socket while we wrote: the request never reached it, or can be repeated by its id.
      return first === 'stale-socket' ? attemptAnew(send) : first;
    },
    async close() {
      for (const request of underWay) request.destroy(new Error('the client was closed'));
      settings.agents.close();
    },
  };
}

interface Sending {
  readonly settings: Settings;
  readonly url: URL;
  readonly body: Uint8Array;
  readonly form: SignatureForm;
  readonly by: 'retired' | undefined;
  readonly underWay: Set<ClientRequest>;
  readonly ownFaults: OwnFaults;
  readonly until: number;
}

async function attemptAnew(send: Sending): Promise<Attempt> {
  const second = await attempt(send);
  return second === 'stale-socket' ? { kind: 'network', error: 'the peer closed the connection twice' } : second;
}

function attempt(send: Sending): Promise<Attempt | 'stale-socket'> {
  const { settings, underWay, ownFaults } = send;
  return new Promise((resolve, reject) => {
    const request = startRequest(send);
    underWay.add(request);
    let status: Attempt | undefined;
    const lookup: Lookup = { isDone: true };
    const finish = (result: Attempt | 'stale-socket') => {
      clearTimeout(timer);
      underWay.delete(request);
      resolve(status ?? result);
    };
    const timer = setTimeout(
      () => {
        finish(failure(request, overdue(settings.deadlineMs, lookup), ownFaults));
        request.destroy();
      },
      Math.max(0, send.until - performance.now()),
    );
    request.on('error', (error) => finish(failure(request, error, ownFaults)));
    request.on('response', (response) => {
      // From here on the status is what counts, whatever becomes of the body.
      status = answered(response, settings.clock());
      ownFaults.heard();
      drain(response, finish, status);
    });
    sendWhenOpen(request, send, lookup, (fault) => {
      reject(fault);
      finish({ kind: 'network', error: 'not signed' });
      request.destroy();
    });
  });
}

/** The body is not sent yet: it waits for its signature. */
function startRequest({ settings, url, body }: Sending): ClientRequest {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  // Named one by one: from a URL node makes an object of a dozen parts for each request.
  return start({
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    method: 'POST',
    agent: settings.agents.for(url),
    headers: { 'content-type': ACTIVITY_JSON, 'content-length': body.length, 'user-agent': settings.userAgent },
  });
}

/** Whether the peer's name is resolved, as far as we know. */
interface Lookup {
  isDone: boolean;
}

function followLookup(socket: Socket, url: URL, lookup: Lookup): void {
  lookup.isDone = !socket.connecting || isIP(url.hostname) !== 0;
  // None is left behind on a socket that is kept.
  if (lookup.isDone) return;
  socket.once('lookup', () => {
    lookup.isDone = true;
  });
}

function sendWhenOpen(
  request: ClientRequest,
  send: Sending,
  lookup: Lookup,
  notSigned: (fault: unknown) => void,
): void {
  request.on('socket', (socket) => {
    followLookup(socket, send.url, lookup);
    whenOpen(socket, () => {
      // The event may have come before the socket was ours.
      lookup.isDone = true;
      try {
        sendSigned(request, send);
      } catch (fault) {
        notSigned(fault);
      }
    });
  });
}

function sendSigned(request: ClientRequest, { settings, url, body, form, by }: Sending): void {
  const signed = settings.signPost(url.href, body, settings.clock(), form, by);
  for (const name in signed) request.setHeader(name, signed[name] ?? '');
  request.end(body);
}

function overdue(deadlineMs: number, lookup: Lookup): Error {
  const error = new Error(`no answer within ${deadlineMs} ms`);
  // A resolver that says nothing, as it does when this machine is offline.
  return lookup.isDone ? error : Object.assign(error, { code: 'EAI_AGAIN' });
}

/**
 * A signature is half of what a request costs, so it is made when there is somebody to read it: hosts that are dead and
 * do not take the connection cost none. It is also as young as can be.
 */
function whenOpen(socket: Socket, send: () => void): void {
  if ('secureConnecting' in socket && socket.secureConnecting === true) socket.once('secureConnect', send);
  else if (socket.connecting) socket.once('connect', send);
  else send();
}

/** The body is read so that the socket can be used again, and cut off when it is long. */
function drain(response: IncomingMessage, finish: (attempt: Attempt) => void, attempt: Attempt): void {
  let length = 0;
  response.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) response.destroy();
  });
  response.on('error', () => finish(attempt));
  response.on('close', () => finish(attempt));
}

function answered(response: IncomingMessage, now: number): Attempt {
  const status = response.statusCode ?? 0;
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], now);
  return retryAfterMs === undefined ? { kind: 'response', status } : { kind: 'response', status, retryAfterMs };
}

function failure(request: ClientRequest, error: Error, ownFaults: OwnFaults): Attempt | 'stale-socket' {
  const code = 'code' in error ? error.code : undefined;
  if (isBlockedAddress(error)) return { kind: 'blocked', error: errorText(error) };
  if (request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) return 'stale-socket';
  if (ownFaults.isOwn(error)) return { kind: 'unsent', error: errorText(error) };
  return { kind: 'network', error: errorText(error) };
}

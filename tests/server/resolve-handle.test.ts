import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAgents } from '../../server/http/agents.ts';
import { createDocumentClient } from '../../server/http/document-client.ts';
import { createWebfingerClient, type WebfingerClientOptions } from '../../server/http/webfinger-client.ts';
import { resolveHandle } from '../../server/resolve-handle.ts';
import { type Peer, recordConnections, resolving, startPeer } from './http/peer.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What is answered at `host/path`, the query left out; one server on loopback plays every host. */
let answers: Record<string, Answer>;
let peer: Peer;
const opened: { close(): unknown }[] = [];
beforeEach(async () => {
  answers = {};
  peer = await startPeer((request, response) => {
    const { host } = request.headers;
    const answer = answers[`${host}${request.url?.split('?')[0]}`];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await peer.close();
});

/** Every name is taken to the one server, whatever it is: nothing is looked up and nothing leaves. */
function resolve(handle: string, options: ClientOptions = {}) {
  const agents = createAgents({
    allowPrivate: false,
    connect: () => connect(Number(new URL(peer.origin).port), '127.0.0.1'),
  });
  opened.push(agents);
  return resolveHandle(clientsOf(agents, options), handle);
}

type ClientOptions = Partial<Pick<WebfingerClientOptions, 'deadlineMs' | 'maxBytes' | 'mayAsk'>>;

function clientsOf(agents: ReturnType<typeof createAgents>, options: ClientOptions = {}) {
  const common = { agents, allowPrivate: false, userAgent: 'Postern/0 (+https://blog.example)', ...options };
  return {
    webfinger: createWebfingerClient(common),
    documents: createDocumentClient({ ...common, signGet: () => ({}), clock: Date.now }),
  };
}

const give =
  (value: unknown, type = 'application/activity+json'): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value));
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('x');
const jrd = (subject: string, self: string) =>
  give({ subject: `acct:${subject}`, links: [{ rel: 'self', type: 'application/activity+json', href: self }] });

function person(id: string, more: object = {}): Answer {
  return give({ id, type: 'Person', preferredUsername: 'ann', inbox: `${id}/inbox`, ...more });
}

const WEBFINGER = '/.well-known/webfinger';
const ANN = 'https://a.example/users/ann';

function meetAnn(more: object = {}): void {
  answers[`a.example${WEBFINGER}`] = jrd('ann@a.example', ANN);
  answers['a.example/users/ann'] = person(ANN, more);
}

describe('a handle', () => {
  test('leads by WebFinger to the actor and its inboxes', async () => {
    meetAnn({ endpoints: { sharedInbox: 'https://a.example/inbox' } });
    expect(await resolve('@ann@a.example')).toEqual({
      kind: 'found',
      actor: { id: ANN, inbox: `${ANN}/inbox`, sharedInbox: 'https://a.example/inbox', handle: '@ann@a.example' },
    });
    expect(peer.requests[0]).toMatchObject({
      url: `${WEBFINGER}?resource=acct%3Aann%40a.example`,
      headers: { accept: 'application/jrd+json, application/json' },
    });
  });

  test('of a domain that is not its server → the redirect is followed, and the server must call it so too', async () => {
    const id = 'https://social.example/users/ann';
    answers[`example.com${WEBFINGER}`] = (request, response) =>
      status(301, { location: `https://social.example${request.url}` })(request, response);
    answers[`social.example${WEBFINGER}`] = jrd('ann@example.com', id);
    answers['social.example/users/ann'] = person(id);
    const found = await resolve('ann@example.com');
    expect(found).toMatchObject({ kind: 'found', actor: { id, handle: '@ann@example.com' } });
  });

  test("that names another server's actor, which does not know it → refused", async () => {
    meetAnn();
    answers[`liar.example${WEBFINGER}`] = jrd('ann@liar.example', ANN);
    expect(await resolve('ann@liar.example')).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not call it so'),
    });
  });

  test("that another server's actor claims by its name, while that server leads elsewhere → refused", async () => {
    meetAnn();
    answers[`liar.example${WEBFINGER}`] = jrd('ann@liar.example', ANN);
    answers[`a.example${WEBFINGER}`] = jrd('ann@liar.example', 'https://a.example/users/bob');
    expect(await resolve('ann@liar.example')).toMatchObject({ kind: 'refused' });
  });

  test.each([404, 410])('that answers %i → absent', async (code) => {
    answers[`a.example${WEBFINGER}`] = status(code);
    expect(await resolve('ann@a.example')).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining(`${code}`),
    });
  });

  test('whose actor is gone → absent', async () => {
    meetAnn();
    answers['a.example/users/ann'] = status(410);
    expect(await resolve('ann@a.example')).toMatchObject({ kind: 'absent' });
  });

  test.each([500, 503, 429])('whose server answers %i → failed: worth another try', async (code) => {
    answers[`a.example${WEBFINGER}`] = status(code);
    expect(await resolve('ann@a.example')).toMatchObject({ kind: 'failed' });
  });

  test('whose server never answers → failed, at the deadline', async () => {
    answers[`a.example${WEBFINGER}`] = () => {};
    const answer = await resolve('ann@a.example', { deadlineMs: 50 });
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('50 ms') });
  });

  test.each([
    ['an answer that is no JSON', (_: unknown, response: ServerResponse) => response.writeHead(200).end('<html>')],
    [
      'no link to an actor',
      give({ subject: 'acct:ann@a.example', links: [{ rel: 'self', type: 'text/html', href: ANN }] }),
    ],
    ['links that are no list', give({ links: { rel: 'self' } })],
    ['a link that is no http', jrd('ann@a.example', 'javascript:x')],
    ['an endless answer', jrd('x'.repeat(10_000), ANN)],
    ['an endless redirect', status(302, { location: `https://a.example${WEBFINGER}` })],
    ['a redirect to nowhere', status(302)],
    ['a redirect to plain http', status(302, { location: `http://a.example${WEBFINGER}` })],
  ] as [string, Answer][])('%s → refused', async (_, answer) => {
    answers[`a.example${WEBFINGER}`] = answer;
    expect(await resolve('ann@a.example', { maxBytes: 5_000 })).toMatchObject({ kind: 'refused' });
    expect(peer.requests.length).toBeLessThanOrEqual(4);
  });

  test('whose server leads to one that may not be asked now → failed, and that one is not asked', async () => {
    answers[`a.example${WEBFINGER}`] = status(302, { location: `https://b.example${WEBFINGER}` });
    const mayAsk = (host: string): boolean => host !== 'b.example';
    expect(await resolve('ann@a.example', { mayAsk })).toMatchObject({ kind: 'failed' });
    expect(peer.requests.map(({ headers }) => headers.host)).toEqual(['a.example']);
  });

  test('whose actor has its inbox elsewhere → refused', async () => {
    meetAnn({ inbox: 'https://victim.example/inbox' });
    expect(await resolve('ann@a.example')).toMatchObject({ kind: 'refused' });
  });

  test.each(['ann', '@', 'ann@', '@a.example', 'a@b@c', 'ann@a.example/x?y', 'ann@a.example#x'])(
    '%s is none: nobody is asked',
    async (handle) => {
      expect((await resolve(handle)).kind).toBe('refused');
      expect(peer.requests).toEqual([]);
    },
  );
});

describe('no handle reaches a private address', () => {
  test.each(['ann@10.0.0.1', 'ann@[::1]', 'ann@localhost', 'ann@router.lan', 'ann@2130706433', 'ann@a.example:8443'])(
    '%s',
    async (handle) => {
      const recorder = recordConnections();
      const agents = createAgents({ allowPrivate: false, connect: recorder.connect, resolve: resolving(['1.1.1.1']) });
      opened.push(agents);
      expect((await resolveHandle(clientsOf(agents), handle)).kind).toBe('refused');
      expect(recorder.opened).toEqual([]);
    },
  );

  test('by a name that leads there', async () => {
    const recorder = recordConnections();
    const agents = createAgents({
      allowPrivate: false,
      connect: recorder.connect,
      resolve: resolving(['192.168.0.1']),
    });
    opened.push(agents);
    expect(await resolveHandle(clientsOf(agents), 'ann@a.example')).toMatchObject({ kind: 'refused' });
    expect(recorder.opened).toEqual([]);
  });

  test('by a redirect', async () => {
    answers[`a.example${WEBFINGER}`] = status(302, { location: 'https://169.254.169.254/latest' });
    expect(await resolve('ann@a.example')).toMatchObject({ kind: 'refused' });
    expect(peer.requests).toHaveLength(1);
  });
});

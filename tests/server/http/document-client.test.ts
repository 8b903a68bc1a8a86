import type { RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createDocumentClient, type DocumentClientOptions } from '../../../server/http/document-client.ts';
import { userAgent } from '../../../server/http/user-agent.ts';
import { type Peer, recordConnections, resolving, startPeer } from './peer.ts';

const type = 'application/activity+json';
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function peer(answer: RequestListener): Promise<Peer> {
  const started = await startPeer(answer);
  opened.push(started);
  return started;
}

function client(options: Partial<DocumentClientOptions> = {}) {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return createDocumentClient({
    agents,
    allowPrivate: true,
    signGet: (url, now) => ({
      Date: new Date(now).toUTCString(),
      Accept: 'to be replaced',
      Signature: `signed ${url}`,
    }),
    userAgent: userAgent('0.1.0', 'https://blog.example'),
    clock: () => Date.UTC(2026, 10, 23),
    ...options,
  });
}

function give(response: ServerResponse, document: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': type, ...headers }).end(JSON.stringify(document));
}

/** A peer that gives at each path a document with that id, but for the given paths. */
function peerWith(paths: Record<string, RequestListener>): Promise<Peer> {
  return peer((request, response) => {
    const special = paths[request.url ?? ''];
    if (special) special(request, response);
    else give(response, { id: `http://${request.headers.host}${request.url}`, type: 'Note' });
  });
}

const redirect =
  (location: string): RequestListener =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

describe('a document', () => {
  it('is got with a signature, our Accept and our name', async () => {
    const remote = await peerWith({});
    const url = `${remote.origin}/users/a?b=c`;
    expect(await client().get(url)).toEqual({ kind: 'document', url, document: { id: url, type: 'Note' } });
    expect(remote.requests[0]?.headers).toMatchObject({
      accept: 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      date: 'Mon, 23 Nov 2026 00:00:00 GMT',
      signature: `signed ${url}`,
      'user-agent': 'Postern/0.1.0 (+https://blog.example)',
    });
  });

  it('asked for twice at the same time is got once, and again later', async () => {
    const remote = await peerWith({});
    const documents = client();
    const [first, second] = await Promise.all([
      documents.get(`${remote.origin}/a`),
      documents.get(`${remote.origin}/a`),
    ]);
    expect(second).toEqual(first);
    expect(remote.requests).toHaveLength(1);
    await documents.get(`${remote.origin}/a`);
    expect(remote.requests).toHaveLength(2);
  });

  it('is asked for without the fragment of a key id', async () => {
    const remote = await peerWith({});
    expect((await client().get(`${remote.origin}/a#main-key`)).kind).toBe('document');
    expect(remote.requests[0]?.headers.signature).toBe(`signed ${remote.origin}/a`);
  });

  it.each([
    'application/activity+json',
    'Application/Activity+JSON; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"',
  ])('is taken as %s', async (contentType) => {
    const remote = await peer((request, response) => {
      give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': contentType });
    });
    expect((await client().get(`${remote.origin}/a`)).kind).toBe('document');
  });

  it.each([
    'application/json',
    'application/ld+json',
    'application/ld+json; profile="https://example.com/"',
    'text/html',
    'text/plain; profile=application/activity+json',
    'application/activity+json, text/html',
  ])('is refused as %s', async (contentType) => {
    const remote = await peer((request, response) => {
      give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': contentType });
    });
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'content-type' });
  });

  it.each([
    ['[]', 'not-a-json-object'],
    ['null', 'not-a-json-object'],
    ['"text"', 'not-a-json-object'],
    ['{"id":', 'not-a-json-object'],
    ['', 'not-a-json-object'],
    ['{}', 'no-id'],
    ['{"id":1}', 'no-id'],
  ])('%s is refused', async (body, reason) => {
    const remote = await peer((_request, response) => void response.writeHead(200, { 'content-type': type }).end(body));
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason });
  });

  it.each([
    [404, 'refused'],
    [410, 'refused'],
    [401, 'refused'],
    [304, 'refused'],
    [204, 'refused'],
    [429, 'failed'],
    [408, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('status %i → %s', async (status, kind) => {
    const remote = await peer((_request, response) => void response.writeHead(status).end());
    expect(await client().get(`${remote.origin}/a`)).toMatchObject(kind === 'refused' ? { kind, status } : { kind });
  });
});

describe('the id', () => {
  it('that names another address of the same origin is asked once: GoToSocial, key at its own URL', async () => {
    const remote = await peerWith({
      '/users/x/main-key': (request, response) => give(response, { id: `http://${request.headers.host}/users/x` }),
    });
    expect(await client().get(`${remote.origin}/users/x/main-key`)).toMatchObject({
      kind: 'document',
      url: `${remote.origin}/users/x`,
    });
    expect(remote.requests.map(({ url }) => url)).toEqual(['/users/x/main-key', '/users/x']);
  });

  it('of another origin is refused without a request there', async () => {
    const victim = await peerWith({});
    const remote = await peer((_request, response) => give(response, { id: `${victim.origin}/a` }));
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'id-mismatch' });
    expect(victim.requests).toEqual([]);
  });

  it('that keeps changing is refused at the second', async () => {
    let count = 0;
    const remote = await peer((request, response) => {
      count += 1;
      give(response, { id: `http://${request.headers.host}/${count}` });
    });
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'id-mismatch' });
    expect(remote.requests).toHaveLength(2);
  });
});

describe('a redirect', () => {
  it('is followed within the origin and signed anew', async () => {
    const remote = await peerWith({ '/a': redirect('/b') });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'document', url: `${remote.origin}/b` });
    expect(remote.requests.map(({ headers }) => headers.signature)).toEqual([
      `signed ${remote.origin}/a`,
      `signed ${remote.origin}/b`,
    ]);
  });

  it('in a circle is refused', async () => {
    const remote = await peerWith({ '/a': redirect('/b'), '/b': redirect('/a#again') });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'redirect-loop' });
    expect(remote.requests).toHaveLength(2);
  });

  it('beyond the third is refused', async () => {
    const remote = await peer((request, response) => redirect(`${request.url}x`)(request, response));
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'too-many-redirects' });
    expect(remote.requests).toHaveLength(4);
  });

  it.each(['http://10.0.0.1/', 'http://[fd00::1]/', 'http://0xa9fea9fe/latest/meta-data', 'file:///etc/passwd'])(
    'to %s is blocked',
    async (location) => {
      const remote = await peerWith({ '/a': redirect(location) });
      expect((await client().get(`${remote.origin}/a`)).kind).toBe('blocked');
    },
  );

  it('to another origin is refused without a request there', async () => {
    const other = await peerWith({});
    const remote = await peerWith({ '/a': redirect(`${other.origin}/a`) });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({
      kind: 'refused',
      reason: 'redirect-to-other-origin',
    });
    expect(other.requests).toEqual([]);
  });

  it.each(['', 'http://['])('with the Location %j is refused', async (location) => {
    const remote = await peer((_request, response) => void response.writeHead(301, location ? { location } : {}).end());
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({
      kind: 'refused',
      reason: 'redirect-without-location',
    });
  });
});

describe('limits', () => {
  it.each<[string, RequestListener]>([
    ['no header comes', () => {}],
    ['the header comes byte by byte', (request) => drip(request.socket, 'HTTP/1.1 200 OK\r\nx: ')],
    [
      'the body comes byte by byte',
      (_request, response) => drip(response.writeHead(200, { 'content-type': type }), '{'),
    ],
  ])('when %s the deadline ends it', async (_name, answer) => {
    const remote = await peer(answer);
    const fetched = await client({ deadlineMs: 150 }).get(`${remote.origin}/a`);
    expect(fetched).toEqual({ kind: 'failed', reason: 'no answer within 150 ms' });
  });

  it('one deadline holds for all hops together', async () => {
    const remote = await peer((request, response) => {
      setTimeout(() => redirect(`${request.url}x`)(request, response), 100);
    });
    expect(await client({ deadlineMs: 250 }).get(`${remote.origin}/a`)).toMatchObject({ kind: 'failed' });
  });

  it('a body over the limit is refused, whether or not its length is announced', async () => {
    const body = JSON.stringify({ id: 'x', content: 'a'.repeat(2_000_000) });
    for (const announced of [true, false]) {
      const remote = await peer((_request, response) => {
        response.writeHead(200, { 'content-type': type, ...(announced ? { 'content-length': body.length } : {}) });
        response.end(body);
      });
      expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'too-large' });
    }
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(200_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('a %s bomb is refused by what it unpacks to, unpacked no further', async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(1_000_000);
    const remote = await peer((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'content-encoding': encoding }).end(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it('a compressed document is read', async () => {
    const remote = await peer((request, response) => {
      const body = gzipSync(JSON.stringify({ id: `http://${request.headers.host}/a` }));
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(body);
    });
    expect((await client().get(`${remote.origin}/a`)).kind).toBe('document');
  });

  it('a head over 16 KiB fails', async () => {
    const remote = await peer((_request, response) => void response.writeHead(200, { x: 'a'.repeat(20_000) }).end());
    expect((await client().get(`${remote.origin}/a`)).kind).toBe('failed');
  });

  it.each<[string, RequestListener]>([
    ['before the head', (request) => request.socket.destroy()],
    [
      'within the body',
      (request, response) => {
        response
          .writeHead(200, { 'content-type': type, 'content-length': 1_000 })
          .write('{"id"', () => request.socket.destroy());
      },
    ],
    ['with nonsense', (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ])('a connection that ends %s fails', async (_name, answer) => {
    const remote = await peer(answer);
    expect((await client().get(`${remote.origin}/a`)).kind).toBe('failed');
  });

  it('nobody listening fails', async () => {
    const remote = await startPeer(() => {});
    await remote.close();
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'failed' });
  });
});

describe('the guard', () => {
  it.each([
    ['https://peer.example/', ['10.0.0.1']],
    ['https://peer.example/', ['93.184.215.14', '127.0.0.1']],
    ['https://127.0.0.1/', []],
    ['http://peer.example/', ['93.184.215.14']],
    ['https://2130706433/', []],
  ])('%s, leading to %j, is blocked and no socket is opened', async (url, answers) => {
    const recorder = recordConnections();
    const agents = createAgents({ allowPrivate: false, resolve: resolving(answers), connect: recorder.connect });
    expect((await client({ agents, allowPrivate: false }).get(url)).kind).toBe('blocked');
    expect(recorder.opened).toEqual([]);
  });

  it('an unknown name fails', async () => {
    const agents = createAgents({ allowPrivate: false, resolve: resolving([]), connect: recordConnections().connect });
    expect((await client({ agents, allowPrivate: false }).get('https://peer.example/')).kind).toBe('failed');
  });
});

/** Writes one more byte every few milliseconds until the other side has enough. */
function drip(
  stream: NodeJS.WritableStream & { destroyed?: boolean; on(event: 'close', listener: () => void): unknown },
  start: string,
): void {
  stream.write(start);
  const timer = setInterval(() => stream.write('x'), 10);
  stream.on('close', () => clearInterval(timer));
}

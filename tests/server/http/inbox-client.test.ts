import type { RequestListener } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createInboxClient, type InboxClientOptions } from '../../../server/http/inbox-client.ts';
import { parseRetryAfter } from '../../../server/http/retry-after.ts';
import { type Peer, recordConnections, resolving, startPeer } from './peer.ts';

const now = Date.UTC(2026, 10, 23);
const body = Buffer.from('{"type":"Create"}');
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function peer(answer: RequestListener): Promise<Peer> {
  const started = await startPeer(answer);
  opened.push(started);
  return started;
}

function client(options: Partial<InboxClientOptions> = {}) {
  const made = createInboxClient({
    agents: createAgents({ allowPrivate: true }),
    allowPrivate: true,
    signPost: (url, body, at) => ({
      Date: new Date(at).toUTCString(),
      Digest: `of ${body.length}`,
      Signature: `signed ${url}`,
    }),
    userAgent: 'Postern/0.1.0 (+https://blog.example)',
    clock: () => now,
    ...options,
  });
  opened.push(made);
  return made;
}

const accept: RequestListener = (request, response) => {
  request.resume().on('end', () => response.writeHead(202).end());
};

describe('a delivery', () => {
  it('is posted as it was given, signed over its digest', async () => {
    const received: Buffer[] = [];
    const remote = await peer((request, response) => {
      request
        .on('data', (chunk: Buffer) => received.push(chunk))
        .on('end', () => response.writeHead(202).end('thanks'));
    });
    expect(await client().post(`${remote.origin}/inbox?x=1`, body)).toEqual({ kind: 'response', status: 202 });
    expect(Buffer.concat(received)).toEqual(body);
    expect(remote.requests[0]).toMatchObject({
      method: 'POST',
      url: '/inbox?x=1',
      headers: {
        'content-type': 'application/activity+json',
        'content-length': '17',
        date: 'Mon, 23 Nov 2026 00:00:00 GMT',
        digest: 'of 17',
        signature: `signed ${remote.origin}/inbox?x=1`,
        'user-agent': 'Postern/0.1.0 (+https://blog.example)',
      },
    });
  });

  it('after another one uses the same connection', async () => {
    const remote = await peer(accept);
    const inboxes = client();
    for (let count = 0; count < 5; count += 1) await inboxes.post(`${remote.origin}/inbox`, body);
    expect(remote.requests).toHaveLength(5);
    expect(remote.sockets()).toBe(1);
  });

  it('with many others to one host opens few sockets', async () => {
    const remote = await peer(accept);
    const inboxes = client();
    const attempts = await Promise.all(
      Array.from({ length: 40 }, (_, n) => inboxes.post(`${remote.origin}/${n}`, body)),
    );
    expect(attempts.every((attempt) => attempt.kind === 'response')).toBe(true);
    expect(remote.sockets()).toBeLessThanOrEqual(4);
  });

  it('on a kept connection that the peer closes meanwhile is sent again', async () => {
    let count = 0;
    const remote = await peer((request, response) => {
      count += 1;
      if (count === 2) request.socket.resetAndDestroy();
      else accept(request, response);
    });
    const inboxes = client();
    await inboxes.post(`${remote.origin}/inbox`, body);
    expect(await inboxes.post(`${remote.origin}/inbox`, body)).toEqual({ kind: 'response', status: 202 });
    expect(remote.requests).toHaveLength(3);
  });

  it.each([200, 301, 307, 400, 401, 410, 429, 500, 503])(
    'answered with %i ends as that, redirects too',
    async (status) => {
      const remote = await peer(
        (_request, response) => void response.writeHead(status, { location: '/elsewhere' }).end(),
      );
      expect(await client().post(`${remote.origin}/inbox`, body)).toEqual({ kind: 'response', status });
      expect(remote.requests).toHaveLength(1);
    },
  );

  it('told to wait says how long', async () => {
    const remote = await peer((_request, response) => void response.writeHead(503, { 'retry-after': '30' }).end());
    expect(await client().post(`${remote.origin}/inbox`, body)).toEqual({
      kind: 'response',
      status: 503,
      retryAfterMs: 30_000,
    });
  });

  it('answered with a long body ends with its status, the rest unread', async () => {
    let written = 0;
    const remote = await peer((_request, response) => {
      response.writeHead(202);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
        response.once('drain', more);
      };
      more();
    });
    expect(await client().post(`${remote.origin}/inbox`, body)).toEqual({ kind: 'response', status: 202 });
    expect(written).toBeLessThan(50_000_000);
  });

  it('whose answer has a status but no end within the deadline ends with its status', async () => {
    const remote = await peer((_request, response) => void response.writeHead(202).write('a'));
    expect(await client({ deadlineMs: 150 }).post(`${remote.origin}/inbox`, body)).toEqual({
      kind: 'response',
      status: 202,
    });
  });

  it('without an answer ends at the deadline', async () => {
    const remote = await peer(() => {});
    const attempt = await client({ deadlineMs: 150 }).post(`${remote.origin}/inbox`, body);
    expect(attempt).toEqual({ kind: 'network', error: 'no answer within 150 ms' });
  });

  it('that waits for a socket longer than the deadline ends too', async () => {
    const remote = await peer(() => {});
    const inboxes = client({ deadlineMs: 150 });
    const attempts = await Promise.all(Array.from({ length: 9 }, () => inboxes.post(`${remote.origin}/inbox`, body)));
    expect(attempts.map(({ kind }) => kind)).toEqual(Array.from({ length: 9 }, () => 'network'));
  });

  it.each<[string, RequestListener]>([
    ['a closed connection', (request) => request.socket.destroy()],
    ['nonsense', (request) => request.socket.end('220 mail.example ESMTP\r\n')],
    ['a head over 16 KiB', (_request, response) => void response.writeHead(200, { x: 'a'.repeat(20_000) }).end()],
  ])('met with %s is a network failure', async (_name, answer) => {
    const remote = await peer(answer);
    expect((await client().post(`${remote.origin}/inbox`, body)).kind).toBe('network');
  });

  it('to nobody is a network failure that names the cause', async () => {
    const remote = await startPeer(() => {});
    await remote.close();
    const attempt = await client().post(`${remote.origin}/inbox`, body);
    expect(attempt).toMatchObject({ kind: 'network', error: expect.stringContaining('ECONNREFUSED') });
  });

  it('that nobody takes costs no signature, and is signed when somebody does', async () => {
    let signed = 0;
    const signPost = () => {
      signed += 1;
      return { Signature: 'signed' };
    };
    const gone = await startPeer(() => {});
    await gone.close();
    const silent = createTcp((socket) => void socket.resume());
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const inboxes = client({ signPost, deadlineMs: 100 });
    expect((await inboxes.post(`${gone.origin}/inbox`, body)).kind).toBe('network');
    expect((await inboxes.post(`https://127.0.0.1:${port}/inbox`, body)).kind).toBe('network');
    silent.close();
    expect(signed).toBe(0);
    const remote = await peer((_request, response) => void response.writeHead(202).end());
    for (let n = 0; n < 2; n += 1) await inboxes.post(`${remote.origin}/inbox`, body);
    expect(signed).toBe(2);
    expect(remote.requests.map(({ headers }) => headers.signature)).toEqual(['signed', 'signed']);
  });

  it('that cannot be signed is our own fault', async () => {
    const signPost = () => {
      throw new Error('no key');
    };
    const remote = await peer((_request, response) => void response.writeHead(202).end());
    await expect(client({ signPost }).post(`${remote.origin}/inbox`, body)).rejects.toThrow('no key');
    expect(remote.requests).toEqual([]);
  });

  it('under way ends when the client is closed', async () => {
    const inboxes = client();
    const remote = await peer(() => void inboxes.close());
    expect(await inboxes.post(`${remote.origin}/inbox`, body)).toEqual({
      kind: 'network',
      error: 'the client was closed',
    });
  });
});

describe('the guard', () => {
  it.each<[string, string[]]>([
    ['https://peer.example/inbox', ['10.0.0.1']],
    ['https://peer.example/inbox', ['93.184.215.14', '::1']],
    ['https://peer.example/inbox', ['::ffff:192.168.0.1']],
    ['https://10.0.0.1/inbox', []],
    ['https://[::1]/inbox', []],
    ['https://localhost/inbox', ['127.0.0.1']],
    ['http://peer.example/inbox', ['93.184.215.14']],
    ['https://peer.example:8443/inbox', ['93.184.215.14']],
  ])('%s, leading to %j, is blocked and no socket is opened', async (inbox, answers) => {
    const recorder = recordConnections();
    const agents = createAgents({ allowPrivate: false, resolve: resolving(answers), connect: recorder.connect });
    expect((await client({ agents, allowPrivate: false }).post(inbox, body)).kind).toBe('blocked');
    expect(recorder.opened).toEqual([]);
  });

  it('a name that turns private is blocked at the next connection', async () => {
    const recorder = recordConnections();
    const resolve = resolving(['93.184.215.14'], ['10.0.0.1']);
    const inboxes = client({
      agents: createAgents({ allowPrivate: false, resolve, connect: recorder.connect }),
      allowPrivate: false,
    });
    expect((await inboxes.post('https://peer.example/inbox', body)).kind).toBe('network');
    expect((await inboxes.post('https://peer.example/inbox', body)).kind).toBe('blocked');
    expect(recorder.opened).toEqual(['93.184.215.14']);
  });
});

describe('Retry-After', () => {
  it.each<[string | undefined, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['99999999999999999999', 604_800_000],
    ['Mon, 23 Nov 2026 00:01:00 GMT', 60_000],
    ['Monday, 23-Nov-26 00:01:00 GMT', 60_000],
    ['Mon Nov 23 00:01:00 2026', 60_000],
    ['Mon, 23 Nov 2020 00:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j → %s', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

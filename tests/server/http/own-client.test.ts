import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createOwnClient, type OwnClientOptions } from '../../../server/http/own-client.ts';
import { type Peer, startPeer } from './peer.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function site(answer: RequestListener): Promise<Peer> {
  const peer = await startPeer(answer);
  opened.push(peer);
  return peer;
}

function client(options: Partial<OwnClientOptions> = {}) {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return createOwnClient({ agents, allowPrivate: true, userAgent: 'Postern/0.1.0', ...options });
}

const giving =
  (text: string, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(text);

describe('what is live', () => {
  it('is the content that the head of the manifest names', async () => {
    const { origin, requests } = await site(giving('{"content":"abc"}'));
    expect(await client().content(origin)).toEqual({ kind: 'content', content: 'abc' });
    expect(requests).toMatchObject([{ method: 'GET', url: '/ap/manifest/head.json' }]);
    expect(requests[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'Postern/0.1.0' });
  });

  it.each([
    ['a page', giving('<html>'), { kind: 'none', reason: 'no manifest' }],
    ['other JSON', giving('{"content":7}'), { kind: 'none', reason: 'no manifest' }],
    ['not there', giving('', 404), { kind: 'none', reason: 'status 404' }],
    ['too large', giving(' '.repeat(300_000)), { kind: 'none', reason: 'too-large' }],
    ['a fault there', giving('', 502), { kind: 'failed' }],
  ])('%s → no content, and why', async (_, answer, expected) => {
    const { origin } = await site(answer);
    expect(await client().content(origin)).toMatchObject(expected);
  });

  it('a site that never answers, or is none → worth asking again', async () => {
    const { origin } = await site(() => {});
    expect(await client({ deadlineMs: 50 }).content(origin)).toMatchObject({ kind: 'failed' });
    expect(await client({ allowPrivate: false }).content(origin)).toMatchObject({ kind: 'failed', reason: 'scheme' });
  });
});

describe('work that is started', () => {
  it('gets the token and nothing else', async () => {
    const { origin, requests } = await site(giving('', 202));
    expect(await client().post(`${origin}/ap/work/deliver`, 'a.b.c')).toBe(202);
    expect(requests).toMatchObject([{ method: 'POST', url: '/ap/work/deliver' }]);
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer a.b.c', 'user-agent': 'Postern/0.1.0' });
    expect(requests[0]?.headers['content-length'] ?? '0').toBe('0');
  });

  it('a redirect is told and not followed: the token stays where it was made for', async () => {
    const other = await site(giving('', 202));
    const { origin } = await site(
      (_, response) => void response.writeHead(307, { location: `${other.origin}/x` }).end(),
    );
    expect(await client().post(`${origin}/ap/work/deliver`, 'a.b.c')).toBe(307);
    expect(other.requests).toEqual([]);
  });

  it('nobody there, no answer in time, an address that is not allowed → the reason', async () => {
    const gone = await site(giving(''));
    await gone.close();
    expect(await client().post(`${gone.origin}/x`, 'a.b.c')).toEqual(expect.stringContaining('ECONNREFUSED'));
    const { origin } = await site(() => {});
    expect(await client({ deadlineMs: 50 }).post(`${origin}/x`, 'a.b.c')).toEqual(expect.any(String));
    expect(await client({ allowPrivate: false }).post('https://127.0.0.1/x', 'a.b.c')).toBe('ip-literal');
  });
});

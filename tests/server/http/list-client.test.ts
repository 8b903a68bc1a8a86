import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createListClient, type ListClientOptions } from '../../../server/http/list-client.ts';
import { peer, redirect } from './documents.ts';
import { recordConnections, resolving } from './peer.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function client(options: Partial<ListClientOptions> = {}) {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return createListClient({ agents, allowPrivate: true, userAgent: 'Postern/0.1.0', ...options });
}

const giving =
  (text: string, type = 'text/csv'): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);

describe('a list', () => {
  it.each(['text/csv', 'text/plain; charset=utf-8', 'application/octet-stream'])('as %s is given', async (type) => {
    const { origin } = await peer(giving('spam.example\n', type));
    expect(await client().get(`${origin}/a.csv`)).toEqual({ kind: 'list', text: 'spam.example\n' });
  });

  it('is followed to where it lies, three times at the most', async () => {
    const { origin } = await peer((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) redirect(`/${left - 1}`)(request, response);
      else giving('spam.example\n')(request, response);
    });
    expect(await client().get(`${origin}/3`)).toMatchObject({ kind: 'list' });
    expect(await client().get(`${origin}/4`)).toEqual({ kind: 'failed', reason: 'it leads on too often' });
  });

  it.each([
    ['a page', giving('spam.example', 'text/html; charset=utf-8'), 'a page'],
    ['not there', (_, response) => void response.writeHead(404).end(), 'it answered 404'],
    ['without an address', (_, response) => void response.writeHead(302).end(), 'it leads nowhere'],
    ['too large', giving('x'.repeat(2_000)), 'larger than'],
    [
      'too large once unpacked',
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2_000))),
      'larger than',
    ],
    ['silent', () => undefined, 'no answer within'],
  ] as [string, RequestListener, string][])('that is %s is not', async (_, answer, reason) => {
    const { origin } = await peer(answer);
    expect(await client({ maxBytes: 1_000, deadlineMs: 500 }).get(`${origin}/a.csv`)).toEqual({
      kind: 'failed',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('private addresses', () => {
  it.each([
    'https://127.0.0.1/a.csv',
    'http://lists.example/a.csv',
    'https://[::1]/a.csv',
    'https://lists.local/a.csv',
    'file:///etc/passwd',
  ])('%s is not asked', async (url) => {
    const recorder = recordConnections();
    const agents = createAgents({ allowPrivate: false, connect: recorder.connect, resolve: resolving(['192.0.2.1']) });
    opened.push(agents);
    const fetched = await client({ agents, allowPrivate: false }).get(url);
    expect(fetched).toEqual({ kind: 'failed', reason: expect.stringContaining('not allowed') });
    expect(recorder.opened).toEqual([]);
  });
});

import type { RequestListener } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { client, peer, redirect, type } from './documents.ts';
import { recordConnections, resolving, startPeer } from './peer.ts';

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

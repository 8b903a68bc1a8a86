import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AgentsOptions, createAgents } from '../../../server/http/agents.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';
import { type Peer, resolving, startPeer } from './peer.ts';

const body = Buffer.from('{"type":"Create"}');
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function client(options: Partial<AgentsOptions>) {
  const agents = createAgents({ allowPrivate: true, resolve: resolving(['127.0.0.1']), ...options });
  const signPost = () => ({ Signature: 'signed' });
  const made = createInboxClient({ agents, allowPrivate: true, signPost, userAgent: 'Postern', clock: Date.now });
  opened.push(made);
  return { agents, post: (url: string) => made.post(url, body) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) await new Promise((done) => setTimeout(done, 10));
  expect(condition()).toBe(true);
}

describe('idle connections', () => {
  async function peer(): Promise<{ port: string; open: () => number; sockets: () => number }> {
    let open = 0;
    const started: Peer = await startPeer((request, response) => {
      request.resume().on('end', () => response.writeHead(202).end());
    });
    started.server.on('connection', (socket) => {
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    opened.push(started);
    return { port: new URL(started.origin).port, open: () => open, sockets: started.sockets };
  }

  it('of many hosts are bounded together: those idle longest are closed', async () => {
    const remote = await peer();
    const { agents, post } = client({ mostIdle: 3 });
    for (let host = 0; host < 20; host += 1) await post(`http://h${host}.example:${remote.port}/inbox`);
    await until(() => remote.open() === 3);
    expect(remote.sockets()).toBe(20);
    const agent = agents.for(new URL('http://h0.example/'));
    await until(() => Object.keys(agent.freeSockets).length === 3);
    expect(Object.keys(agent.sockets)).toEqual([]);
    await post(`http://h19.example:${remote.port}/inbox`);
    expect(remote.sockets()).toBe(20);
    await post(`http://h0.example:${remote.port}/inbox`);
    expect(remote.sockets()).toBe(21);
  });

  it('that are used again are no longer those idle longest', async () => {
    const remote = await peer();
    const { post } = client({ mostIdle: 2 });
    for (const host of ['a', 'b', 'a', 'c', 'a']) await post(`http://${host}.example:${remote.port}/inbox`);
    expect(remote.sockets()).toBe(3);
  });

  it('are closed after a while', async () => {
    const remote = await peer();
    const { agents, post } = client({ idleMs: 50 });
    for (let host = 0; host < 5; host += 1) await post(`http://h${host}.example:${remote.port}/inbox`);
    await until(() => remote.open() === 0);
    await until(() => Object.keys(agents.for(new URL('http://h0.example/')).freeSockets).length === 0);
  });
});

describe('certificates', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-tls-'));
  const authorityFile = path.join(folder, 'authority.pem');
  const servers: Server[] = [];
  let names: number;
  let commonName: number;

  async function listen(pair: { cert: string; private: string }): Promise<number> {
    const server = createServer({ cert: pair.cert, key: pair.private }, (request, response) => {
      request.resume().on('end', () => response.writeHead(202).end());
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  }

  beforeAll(async () => {
    const basics = { algorithm: 'sha256', keyType: 'ec' } as const;
    const isAuthority = { name: 'basicConstraints', cA: true, critical: true } as const;
    const authority = await generate([{ name: 'commonName', value: 'An authority' }], {
      ...basics,
      extensions: [isAuthority],
    });
    writeFileSync(authorityFile, authority.cert);
    const signed = { ...basics, ca: { key: authority.private, cert: authority.cert } };
    const altNames = [
      { type: 2, value: 'peer.example' },
      { type: 2, value: '*.peers.example' },
      { type: 7, ip: '127.0.0.1' },
    ] as const;
    const subject = [{ name: 'commonName', value: 'subject.example' }];
    const leaf = { name: 'basicConstraints', cA: false } as const;
    names = await listen(
      await generate(subject, { ...signed, extensions: [leaf, { name: 'subjectAltName', altNames: [...altNames] }] }),
    );
    commonName = await listen(await generate(subject, { ...signed, extensions: [leaf] }));
  });
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true });
  });

  it('of an authority that node does not know are refused', async () => {
    const { post } = client({});
    const attempt = await post(`https://peer.example:${names}/inbox`);
    expect(attempt).toMatchObject({ kind: 'network', error: expect.stringContaining('certificate') });
  });

  it('are taken from an authority of NODE_EXTRA_CA_CERTS, for the names in them alone', async () => {
    const urls = [
      `https://peer.example:${names}/inbox`,
      `https://a.peers.example:${names}/inbox`,
      `https://127.0.0.1:${names}/inbox`,
      `https://subject.example:${commonName}/inbox`,
      // With names in it, the subject does not count, and a wildcard stands for one label.
      `https://subject.example:${names}/inbox`,
      `https://a.b.peers.example:${names}/inbox`,
      `https://peers.example:${names}/inbox`,
      `https://127.0.0.1:${commonName}/inbox`,
      `https://other.example:${commonName}/inbox`,
    ];
    const script = fileURLToPath(new URL('post-from-child.ts', import.meta.url));
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile, NODE_OPTIONS: '' };
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...urls], { env });
    const attempts: unknown = JSON.parse(stdout);
    const taken = { kind: 'response', status: 202 };
    const refused = { kind: 'network', error: expect.stringContaining('does not match certificate') };
    expect(attempts).toEqual([taken, taken, taken, taken, refused, refused, refused, refused, refused]);
  });
});

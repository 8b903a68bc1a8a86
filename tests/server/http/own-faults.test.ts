import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';
import { createOwnFaults } from '../../../server/http/own-faults.ts';
import type { InboxClient } from '../../../server/ports.ts';
import { type Peer, startPeer } from './peer.ts';

const body = Buffer.from('{"type":"Create"}');
const fault = (code: string): Error => Object.assign(new Error(code), { code });

describe('a failure is of our own machine', () => {
  const isOwn = (error: Error, heardAgo?: number): boolean => {
    const time = { now: 0 };
    const faults = createOwnFaults(() => time.now);
    if (heardAgo !== undefined) faults.heard();
    time.now = heardAgo ?? 0;
    return faults.isOwn(error);
  };

  it.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOMEM', 'ENOBUFS', 'ENETDOWN'])('with %s, always', (code) => {
    expect([isOwn(fault(code)), isOwn(fault(code), 0)]).toEqual([true, true]);
  });

  it.each(['ENETUNREACH', 'EHOSTUNREACH', 'EAI_AGAIN'])('with %s, unless a peer was heard from of late', (code) => {
    expect([isOwn(fault(code)), isOwn(fault(code), 60_001), isOwn(fault(code), 60_000)]).toEqual([true, true, false]);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'])('with %s, never', (code) => {
    expect(isOwn(fault(code))).toBe(false);
  });

  it.each([
    ['EBUSY', true],
    ['ENOTFOUND', false],
    ['EAI_FAIL', false],
  ])('with %s of a look-up: %s', (code, expected) => {
    expect(isOwn(Object.assign(fault(code), { syscall: 'getaddrinfo' }), 0)).toBe(expected);
    expect(isOwn(Object.assign(fault(code), { syscall: 'connect' }), 0)).toBe(false);
  });

  it('when no address could be tried for want of something, or all were out of reach', () => {
    const every = (...codes: string[]) => isOwn(new AggregateError(codes.map(fault)));
    expect([every('ECONNREFUSED', 'EMFILE'), every('ENETUNREACH', 'EHOSTUNREACH')]).toEqual([true, true]);
    expect([every('ECONNREFUSED', 'ENETUNREACH'), every('ETIMEDOUT', 'ENETUNREACH'), every()]).toEqual(
      Array(3).fill(false),
    );
  });

  it.each(['ECONNREFUSED', 'ECONNRESET'])('never when all are out of reach after %s from somebody', (code) => {
    const faults = createOwnFaults(() => 0);
    expect([faults.isOwn(fault(code)), faults.isOwn(fault('ENETUNREACH'))]).toEqual([false, false]);
  });
});

describe('a delivery', () => {
  const clients: InboxClient[] = [];
  const peers: Peer[] = [];
  afterEach(async () => {
    for (const each of [...clients.splice(0), ...peers.splice(0)]) await each.close();
  });

  /** `offline.example` has no address for now; every other name leads to loopback. */
  function client(lookUp: () => Promise<never>): InboxClient {
    const agents = createAgents({
      allowPrivate: true,
      resolve: async (name) => (name === 'offline.example' ? lookUp() : [{ address: '127.0.0.1', family: 4 }]),
    });
    const signPost = () => ({ Signature: 'signed' });
    const made = createInboxClient({
      agents,
      allowPrivate: true,
      signPost,
      userAgent: 'Postern',
      clock: Date.now,
      deadlineMs: 200,
    });
    clients.push(made);
    return made;
  }

  it.each([
    ['cannot be asked', () => Promise.reject(fault('EAI_AGAIN'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])(
    'is unsent when the resolver %s and no peer has been heard from; else it is the name’s fault',
    async (_, lookUp) => {
      const remote = await startPeer((request, response) => {
        request.resume().on('end', () => response.writeHead(202).end());
      });
      peers.push(remote);
      const inboxes = client(lookUp);
      const kind = async () => (await inboxes.post('http://offline.example/inbox', body)).kind;
      expect(await kind()).toBe('unsent');
      expect(await inboxes.post(`http://peer.example:${new URL(remote.origin).port}/inbox`, body)).toMatchObject({
        status: 202,
      });
      expect(await kind()).toBe('network');
    },
  );

  it('that a peer takes and does not answer is the fault of that peer, also when nobody else has been heard from', async () => {
    const remote = await startPeer(() => {});
    peers.push(remote);
    const { port } = new URL(remote.origin);
    const attempt = await client(() => Promise.reject(fault('EAI_AGAIN'))).post(
      `http://peer.example:${port}/inbox`,
      body,
    );
    expect(attempt).toEqual({ kind: 'network', error: 'no answer within 200 ms' });
  });

  it('is unsent while there are no descriptors, whether its name is to be looked up or not', async () => {
    const child = fileURLToPath(new URL('./post-without-descriptors.ts', import.meta.url));
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `ulimit -n 128 && exec "$0" --import tsx "$1"`,
      process.execPath,
      child,
    ]);
    expect(JSON.parse(stdout)).toEqual([
      { kind: 'unsent', error: expect.stringContaining('EMFILE') },
      { kind: 'unsent', error: expect.stringContaining('EMFILE') },
    ]);
  });
});

import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Ledger } from '../../federation/ledger.ts';
import { ledgerDocument } from '../../federation/ledger-document.ts';
import { readLiveLedger } from '../../scripts/live-ledger.ts';
import { faultOf } from '../server/fault-of.ts';
import { type Peer, startPeer } from '../server/http/peer.ts';

const LEDGER: Ledger = {
  origin: 'https://blog.example',
  actor: { id: 'https://blog.example/ap/actor.json', digest: 'a'.repeat(64), revision: 0 },
  begun: '2026-11-01T00:00:00Z',
  objects: new Map(),
};

let peer: Peer | undefined;
afterEach(async () => {
  await peer?.close();
});

async function serving(answer: RequestListener): Promise<string> {
  peer = await startPeer(answer);
  return peer.origin;
}

test('the ledger of a server comes as it was written there', async () => {
  const origin = await serving((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(ledgerDocument(LEDGER, { public: true })));
  });
  expect(await readLiveLedger(origin)).toMatchObject({ origin: LEDGER.origin, begun: LEDGER.begun });
  expect(peer?.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /ap/ledger']);
});

test('404 → there is none yet', async () => {
  const origin = await serving((_, response) => response.writeHead(404).end('{"error":"not yet"}'));
  expect(await readLiveLedger(origin)).toBeUndefined();
});

test.each([
  ['a redirect', 'ledger-unavailable', /redirects to http:\/\/127\.0\.0\.1:9\/x/, 302, '', 'http://127.0.0.1:9/x'],
  ['a fault there', 'ledger-unavailable', /answers 503/, 503, '', ''],
  ['a deleted account', 'ledger-unavailable', /answers 410/, 410, '', ''],
  ['a page', 'ledger-unreadable', /no JSON/, 200, '<html>', ''],
  ['other JSON', 'ledger-unreadable', /cannot be read/, 200, '{"objects":[]}', ''],
  ['an endless answer', 'ledger-unavailable', /larger than 1000 bytes/, 200, 'x'.repeat(2_000), ''],
])('%s → %s, which address and what to do', async (_, code, message, status, body, location) => {
  const origin = await serving((_request, response) => {
    response.writeHead(status, location ? { location } : {}).end(body);
  });
  const fault = await faultOf(readLiveLedger(origin, { maxBytes: 1_000 }));
  expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
  expect(fault.message).toContain(`${origin}/ap/ledger`);
  expect(fault.hint).not.toBe('');
  expect(peer?.requests).toHaveLength(1);
});

test('a server that never answers, and none at all', async () => {
  const origin = await serving(() => {});
  expect((await faultOf(readLiveLedger(origin, { deadlineMs: 50 }))).message).toContain('no answer within 0.05 s');
  await peer?.close();
  expect(await faultOf(readLiveLedger(origin))).toMatchObject({
    code: 'ledger-unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('the ledger of an account that is gone comes with 410, for who wants it nevertheless; 410 alone is a fault', async () => {
  const gone = { ...LEDGER, actor: { ...LEDGER.actor, deleted: LEDGER.begun, gone: '2026-11-02T00:00:00Z' } };
  const origin = await serving((_, response) => {
    response.writeHead(410, { 'content-type': 'application/json' });
    response.end(JSON.stringify(ledgerDocument(gone, { public: true })));
  });
  expect(await readLiveLedger(origin, { goneToo: true })).toMatchObject({ actor: { gone: gone.actor.gone } });
  expect((await faultOf(readLiveLedger(origin))).message).toContain('answers 410');
  await peer?.close();
  const silent = await serving((_, response) => response.writeHead(410).end('{"error":"gone"}'));
  expect((await faultOf(readLiveLedger(silent, { goneToo: true }))).code).toBe('ledger-unreadable');
});

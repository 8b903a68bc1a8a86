import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import { ledgerDocument } from '../../federation/ledger-document.ts';
import { readKnownLedger } from '../../scripts/known-ledger.ts';
import { faultOf } from '../server/fault-of.ts';
import { startPeer } from '../server/http/peer.ts';

/** The settings of a blog that is live at a server of the test, which answers as it is told. */
async function liveBlog(answer: RequestListener, origin?: string): Promise<Settings> {
  const peer = await startPeer(answer);
  const root = mkdtempSync(join(tmpdir(), 'postern-known-'));
  onTestFinished(async () => {
    rmSync(root, { recursive: true });
    await peer.close();
  });
  mkdirSync(join(root, 'content'));
  writeFileSync(join(root, 'content/profile.md'), '---\nusername: blog\nname: A blog\n---\nHello.\n');
  const env = { POSTERN_ORIGIN: origin ?? peer.origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' };
  return readSettings({ ...env, POSTERN_CONTENT: 'content', POSTERN_DATA: 'data' }, root);
}

const begun = '2026-11-01T00:00:00Z';
function ledgerOf(origin: string): RequestListener {
  return (_, response) => {
    const actor = { id: `${origin}/ap/actor.json`, digest: 'a'.repeat(64), revision: 0 };
    const document = ledgerDocument({ origin, begun, actor, objects: new Map() }, { public: true });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  };
}

const served: RequestListener = (request, response) => ledgerOf(`http://${request.headers.host}`)(request, response);
const broken: RequestListener = (_, response) => void response.writeHead(503).end();
const LENIENT = { ledger: 'live', lenient: true };

test('A build with --ledger live goes by the ledger of the blog’s own address; without it by none', async () => {
  const settings = await liveBlog(served);
  expect(await readKnownLedger(settings, { ledger: 'live' })).toMatchObject({ begun });
  expect(await readKnownLedger(settings, {})).toBeUndefined();
});

test('A ledger of another origin is none of this build, and where nothing is live yet there is none', async () => {
  expect(await readKnownLedger(await liveBlog(ledgerOf('https://other.example')), LENIENT)).toBeUndefined();
  const nothing: RequestListener = (_, response) => void response.writeHead(404).end('{}');
  expect(await readKnownLedger(await liveBlog(nothing), { ledger: 'live' })).toBeUndefined();
});

test('A live site that cannot be asked fails a build, but with --lenient one line says what it is built without', async () => {
  const settings = await liveBlog(broken);
  expect((await faultOf(readKnownLedger(settings, { ledger: 'live' }))).code).toBe('ledger-unavailable');
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => told.mockRestore());
  expect(await readKnownLedger(settings, LENIENT)).toBeUndefined();
  expect(told.mock.calls).toEqual([[expect.stringMatching(/Built without the ledger: .*answers 503/)]]);
});

test('A mistake of the owner fails the build, lenient or not', async () => {
  const settings = await liveBlog(served);
  expect((await faultOf(readKnownLedger(settings, { ledger: 'no origin', lenient: true }))).code).toBe('not-an-origin');
});

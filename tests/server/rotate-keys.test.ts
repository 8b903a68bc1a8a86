import { createVerify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { deliverDue } from '../../server/deliver.ts';
import { parsePrivateKeys } from '../../server/held-keys.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { type KeyPlaces, type Keys, LIVE_SITE, loadKeys } from '../../server/keys.ts';
import { keyState, retireKeys, rotateKeys, undoRotation } from '../../server/rotate-keys.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { faultOf } from './fault-of.ts';
import { startPeer } from './http/peer.ts';
import { openEachFolders } from './key-folders.ts';

const { actor } = addressesOf('https://blog.example');
const NOW = Date.parse('2026-11-23T12:00:00Z');

let places: KeyPlaces;
let privateFile: string;
let publicFile: string;
openEachFolders('keys.json', (folders) => ({ places, privateFile, publicFile } = folders));

/** Keys cost a tenth of a second each: those of the first generation are the same for all. */
let seed: { held: string; published: string };
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-seed-'));
  const at = { dataFolder: path.join(folder, 'data'), contentFolder: path.join(folder, 'content') };
  await loadKeys(at);
  const read = (of: string): string => readFileSync(path.join(of, 'keys.json'), 'utf8');
  seed = { held: read(at.dataFolder), published: read(at.contentFolder) };
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const [file, text] of [
    [privateFile, seed.held],
    [publicFile, seed.published],
  ] as const) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** Puts the actor document live that a build of now would have. */
function putLive({ publicKeyPem, published }: Keys): void {
  const file = path.join(places.dataFolder, LIVE_SITE, 'ap/actor.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({ id: actor, publicKey: { id: `${actor}#${published.public.rsa.kid}`, publicKeyPem } }),
  );
}

const kids = ({ held }: Keys): string[] => held.pairs.map((pair) => pair.public.rsa.kid);

/** One look at the live document counts for some 50 ms. */
const lookedAgain = (): Promise<void> => setTimeout(100);

test('what signs is what the live document shows, whatever lies ready; a server that runs sees the change by itself', async () => {
  const before = await loadKeys(places);
  const server = before.signingKeys(actor);
  putLive(before);
  expect([server.keyId, server.proofKeyId]).toEqual([`${actor}#main-key`, `${actor}#ed25519-key`]);
  const after = await rotateKeys(places, NOW);
  expect([kids(after), after.published.public.rsa.kid]).toEqual([['main-key', 'main-key-2'], 'main-key-2']);
  for (const signer of [server, after.signingKeys(actor)]) {
    expect([signer.keyId, signer.retired?.()]).toEqual([`${actor}#main-key`, undefined]);
  }
  putLive(after);
  await lookedAgain();
  const data = Buffer.from('words');
  for (const signer of [server, after.signingKeys(actor)]) {
    expect(signer.keyId).toBe(`${actor}#main-key-2`);
    const verify = (pem: string, signature: Uint8Array) =>
      createVerify('RSA-SHA256').update(data).verify(pem, signature);
    expect(verify(after.publicKeyPem, signer.sign(data))).toBe(true);
    expect(signer.retired?.()?.keyId).toBe(`${actor}#main-key`);
    expect(verify(before.publicKeyPem, signer.retired?.()?.sign(data) ?? new Uint8Array())).toBe(true);
  }
  // A deploy that is rolled back shows the old ones again.
  putLive(before);
  await lookedAgain();
  expect(server.keyId).toBe(`${actor}#main-key`);
});

test('the Update of the actor is signed by the retired key, after a 401 by the new one; all else by the new one', async () => {
  putLive(await rotateKeys(places, NOW));
  const keys = (await loadKeys(places)).signingKeys(actor);
  const keyIdOf = (header: unknown): string => /keyId="[^"]*#([^"]*)"/i.exec(String(header))?.[1] ?? '';
  const peer = await startPeer((request, response) => {
    const refuses = request.url === '/forgetful' && keyIdOf(request.headers.signature) === 'main-key';
    request.resume().on('end', () => response.writeHead(refuses ? 401 : 202).end());
  });
  const agents = createAgents({ allowPrivate: true });
  opened.push(peer, agents);
  let now = NOW;
  const clock = () => now;
  const store = openMemoryStore();
  const inboxes = createInboxClient({
    ...{ agents, allowPrivate: true, userAgent: 'Postern', clock },
    ...createSigning(keys),
  });
  const inbox = (name: string): string => `${peer.origin}/${name}`;
  const activity = (type: string, id: string): JsonObject => ({ id: `${actor}/${type}`, type, actor, object: { id } });
  for (const [type, object] of [
    ['Update', actor],
    ['Create', 'https://blog.example/ap/posts/a.json'],
  ] as const) {
    const json = activity(type, object);
    const id = String(json.id);
    await store.activities.put({ id, type, object, json }, { now });
    await store.deliveries.enqueue(id, [inbox('steady'), inbox('forgetful')], { now });
  }
  const deliver = () => deliverDue({ store, inboxes, clock, keys, log: () => {} }, { owner: 'test', random: () => 0 });
  await deliver();
  now += 31_000;
  await deliver();
  const seen = peer.requests.map(({ url, headers }) => `${url} ${keyIdOf(headers.signature)}`).sort();
  expect(seen).toEqual([
    '/forgetful main-key',
    '/forgetful main-key-2',
    '/forgetful main-key-2',
    '/steady main-key',
    '/steady main-key-2',
  ]);
});

test('retired keys are dropped; an id that was in use is never given again', async () => {
  const second = await rotateKeys(places, NOW);
  expect((await faultOf(rotateKeys(places, NOW))).code).toBe('keys-changing');
  const left = await retireKeys(places);
  expect([kids(left), left.publicKeyPem]).toEqual([['main-key-2'], second.publicKeyPem]);
  expect((await faultOf(retireKeys(places))).code).toBe('keys-settled');
  expect((await faultOf(undoRotation(places, { wasTold: true, now: NOW }))).code).toBe('keys-settled');
  expect(kids(await rotateKeys(places, NOW))).toEqual(['main-key-2', 'main-key-3']);
});

test('taken back before anybody was told, the files are as they were; after it, the newer ones sign the way back', async () => {
  const before = await loadKeys(places);
  await rotateKeys(places, NOW);
  const { dropped, keys: same } = await undoRotation(places, { wasTold: false, now: NOW });
  expect([dropped, kids(same), same.publicKeyPem]).toEqual([true, ['main-key'], before.publicKeyPem]);
  expect(JSON.parse(readFileSync(publicFile, 'utf8'))).toEqual(JSON.parse(seed.published));
  // That number may be known to a preview, so the next one is another.
  putLive(await rotateKeys(places, NOW));
  const { keys: back } = await undoRotation(places, { wasTold: true, now: NOW });
  expect([kids(back).length, back.publicKeyPem, keyState(back).kind]).toEqual([2, before.publicKeyPem, 'changing']);
  putLive(back);
  const signer = back.signingKeys(actor);
  expect([signer.keyId, signer.retired?.()?.keyId.replace(/-\d$/, '')]).toEqual([
    `${actor}#main-key`,
    `${actor}#main-key`,
  ]);
  expect(signer.retired?.()?.keyId).not.toBe(signer.keyId);
});

test('a crash between the two files leaves nothing that cannot sign, and the same again finishes', async () => {
  await rotateKeys(places, NOW);
  writeFileSync(publicFile, seed.published);
  const torn = await loadKeys(places);
  expect([keyState(torn).kind, torn.published.public.rsa.kid]).toEqual(['torn', 'main-key']);
  expect(torn.signingKeys(actor).keyId).toBe(`${actor}#main-key`);
  expect((await faultOf(retireKeys(places))).code).toBe('keys-changing');
  const done = await rotateKeys(places, NOW);
  expect([keyState(done).kind, kids(done)]).toEqual(['changing', ['main-key', 'main-key-2']]);
});

test('what the environment has is not the file: the file changes, and the variable is its owner’s to set', async () => {
  const made = await rotateKeys({ ...places, privateKeys: seed.held }, NOW);
  expect(kids(made)).toEqual(['main-key', 'main-key-2']);
  expect((await faultOf(loadKeys({ ...places, privateKeys: seed.held }))).code).toBe('key-mismatch');
});

test('both generations fit into the environment of a function, and are read from there', async () => {
  await rotateKeys(places, NOW);
  const text = readFileSync(privateFile, 'utf8').trim();
  expect(Buffer.byteLength(text)).toBeLessThan(3_800);
  expect(parsePrivateKeys(text, 'env').pairs).toHaveLength(2);
  const keys = await loadKeys({ ...places, privateKeys: text });
  expect(keys.published.public.generation).toBe(2);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadOwnerKeys as loadPublicHalves } from '../../build/owner-keys.ts';
import { parseOwnerKeySet } from '../../federation/signatures/owner-jwk.ts';
import { openMessage, sealMessage } from '../../server/messages.ts';
import { ensureOwnerKeys, loadOwnerKeys, type OwnerKeyPlaces } from '../../server/owner-keys.ts';
import { faultOf, printedOf } from './fault-of.ts';
import { openEachFolders, readKeys } from './key-folders.ts';

let folder: string;
let places: OwnerKeyPlaces;
let publicFile: string;
let privateFile: string;
openEachFolders('owner.json', (folders) => {
  ({ folder, places, publicFile, privateFile } = folders);
});

const secrets = () => readKeys(privateFile).flatMap(({ d }) => (d === undefined ? [] : [d]));

describe('the first run', () => {
  test('makes both halves: public in content, private readable for the owner alone', async () => {
    expect(await ensureOwnerKeys(places)).toBe(true);
    expect(readKeys(publicFile).map(({ kid, kty, crv }) => [kid, kty, crv])).toEqual([
      ['owner-key', 'OKP', 'Ed25519'],
      ['message-key', 'EC', 'P-256'],
    ]);
    expect(readKeys(publicFile).every((key) => !('d' in key))).toBe(true);
    expect(secrets()).toHaveLength(2);
    expect(statSync(privateFile).mode & 0o777).toBe(0o600);
    expect(statSync(places.dataFolder).mode & 0o777).toBe(0o700);
    expect([readdirSync(places.contentFolder), readdirSync(places.dataFolder)]).toEqual([
      ['owner.json'],
      ['owner.json'],
    ]);
  });

  test('run again → nothing is made anew', async () => {
    await ensureOwnerKeys(places);
    const before = [readFileSync(publicFile, 'utf8'), readFileSync(privateFile, 'utf8')];
    expect(await ensureOwnerKeys(places)).toBe(false);
    expect([readFileSync(publicFile, 'utf8'), readFileSync(privateFile, 'utf8')]).toEqual(before);
  });

  test('what is sealed for the public half is opened with the private one', async () => {
    await ensureOwnerKeys(places);
    const { messageKey } = await loadPublicHalves(places.contentFolder);
    const message = {
      id: 'https://a.example/1',
      kind: 'message',
      actor: 'https://a.example/ann',
      handle: '@ann@a.example',
      about: [],
      text: ['Hello'],
      attachments: [],
      published: '2026-11-23T12:00:00Z',
      at: '2026-11-23T12:00:00Z',
    } as const;
    const jwe = await sealMessage(messageKey ?? {}, message);
    expect(await openMessage((await loadOwnerKeys(places)).messageKey, jwe)).toEqual(message);
  });

  test('three at once → one pair', async () => {
    await Promise.all(Array.from({ length: 3 }, () => ensureOwnerKeys(places)));
    const keys = await loadOwnerKeys(places);
    expect(keys.ownerKey.x).toBe(readKeys(publicFile)[0]?.x);
  });

  test('two processes at once → one pair', async () => {
    const script = `import { ensureOwnerKeys } from ${JSON.stringify(new URL('../../server/owner-keys.ts', import.meta.url).href)};
      await ensureOwnerKeys(${JSON.stringify(places)});`;
    const children = [1, 2].map(() =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: 'inherit' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0]);
    await loadOwnerKeys(places);
    expect(readdirSync(places.dataFolder)).toEqual(['owner.json']);
  }, 60_000);

  test('cut short before the public half was written → the next run writes that of the same pair', async () => {
    await ensureOwnerKeys(places);
    const before = readFileSync(publicFile, 'utf8');
    rmSync(publicFile);
    expect(await ensureOwnerKeys(places)).toBe(true);
    expect(readFileSync(publicFile, 'utf8')).toBe(before);
  });
});

describe('the public half alone', () => {
  beforeEach(async () => {
    await ensureOwnerKeys(places);
    rmSync(privateFile);
  });

  test('is enough for a server: nothing is made', async () => {
    expect(await ensureOwnerKeys(places)).toBe(false);
    expect(existsSync(privateFile)).toBe(false);
  });

  test('a command that needs the other says what to do', async () => {
    const fault = await faultOf(loadOwnerKeys(places));
    expect(fault.code).toBe('owner-keys-missing');
    expect(`${fault.message} ${fault.hint}`).toContain(privateFile);
    expect(fault.hint).toContain('copy its owner.json there');
  });
});

describe('what does not fit', () => {
  test.each([
    [0, 'owner-key'],
    [1, 'message-key'],
  ])('the %ith key of another pair → owner-key-mismatch, without key material', async (index, kid) => {
    await ensureOwnerKeys(places);
    const mine = readKeys(publicFile);
    const other = { dataFolder: path.join(folder, 'other'), contentFolder: path.join(folder, 'other-content') };
    await ensureOwnerKeys(other);
    const theirs = readKeys(path.join(other.contentFolder, 'owner.json'));
    writeFileSync(publicFile, JSON.stringify({ keys: mine.map((key, n) => (n === index ? theirs[n] : key)) }));
    const fault = await faultOf(loadOwnerKeys(places));
    expect([fault.code, fault.facts.kid]).toEqual(['owner-key-mismatch', kid]);
    for (const secret of secrets()) expect(printedOf(fault)).not.toContain(secret);
  });

  test.each([
    ['no JSON', () => '{"keys": [{"d": "secret'],
    ['no set', () => '[]'],
    ['one key alone', () => JSON.stringify({ keys: readKeys(privateFile).slice(0, 1) })],
    ['a private half cut short', () => changed((d) => d.slice(0, 20))],
    ['a private half of another key', () => changed((d) => `${d.startsWith('A') ? 'B' : 'A'}${d.slice(1)}`)],
    ['no private half', () => readFileSync(publicFile, 'utf8')],
  ])('the private file holds %s → owner-keys-malformed, without key material', async (_what, text) => {
    await ensureOwnerKeys(places);
    const known = secrets();
    writeFileSync(privateFile, text());
    const fault = await faultOf(loadOwnerKeys(places));
    expect(fault.code).toBe('owner-keys-malformed');
    for (const secret of [...known, 'secret']) expect(printedOf(fault)).not.toContain(secret);
    expect((await faultOf(ensureOwnerKeysAgain())).code).toBe('owner-keys-malformed');
  });

  test('private keys in the content folder are refused, and not repeated', async () => {
    await ensureOwnerKeys(places);
    writeFileSync(publicFile, readFileSync(privateFile, 'utf8'));
    for (const work of [
      () => ensureOwnerKeys(places),
      () => loadPublicHalves(places.contentFolder),
      () => loadOwnerKeys(places),
    ]) {
      const fault = await faultOf(work());
      expect([fault.code, fault.hint]).toEqual(['owner-keys-malformed', expect.stringContaining('make new keys')]);
      for (const secret of secrets()) expect(printedOf(fault)).not.toContain(secret);
    }
  });

  test('a content folder that cannot be written → the private half stays for the next try', async () => {
    mkdirSync(places.contentFolder);
    writeFileSync(path.join(folder, 'blocked'), '');
    const blocked = { ...places, contentFolder: path.join(folder, 'blocked') };
    expect((await faultOf(ensureOwnerKeys(blocked))).code).toMatch(/keys-not-(readable|written)/);
    chmodSync(places.contentFolder, 0o755);
    await ensureOwnerKeys(places);
    await loadOwnerKeys(places);
  });
});

function changed(change: (d: string) => string): string {
  const keys = readKeys(privateFile).map((key) =>
    key.kid === 'message-key' ? { ...key, d: change(key.d ?? '') } : key,
  );
  return JSON.stringify({ keys });
}

async function ensureOwnerKeysAgain(): Promise<void> {
  rmSync(publicFile, { force: true });
  await ensureOwnerKeys(places);
}

test('a public set names what is wrong, never its value', () => {
  expect(parseOwnerKeySet(undefined)).toEqual({ fault: 'it has no key, or several, with the kid "owner-key"' });
  const short = { keys: [{ kid: 'owner-key', kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }, { kid: 'message-key' }] };
  expect(parseOwnerKeySet(short)).toEqual({ fault: 'the key "owner-key" is not an Ed25519 key' });
});

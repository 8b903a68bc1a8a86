import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPublicKeys } from '../../build/keys.ts';
import { ed25519Pem, fromEd25519Multikey } from '../../federation/signatures/multibase.ts';
import { verify } from '../../server/crypto.ts';
import { type KeyPlaces, loadKeys } from '../../server/keys.ts';
import { faultOf, printedOf } from './fault-of.ts';
import { openEachFolders, readKeys } from './key-folders.ts';

let folder: string;
let places: KeyPlaces;
let publicFile: string;
let privateFile: string;
openEachFolders('keys.json', (folders) => {
  ({ folder, places, publicFile, privateFile } = folders);
});

/** Keys made once: making an RSA key takes long. */
let seed: string;
beforeAll(async () => {
  seed = mkdtempSync(path.join(tmpdir(), 'postern-seed-'));
  await loadKeys({ dataFolder: path.join(seed, 'data'), contentFolder: path.join(seed, 'content') });
});
afterAll(() => rmSync(seed, { recursive: true, force: true }));
const useSeed = () => cpSync(seed, folder, { recursive: true });

const ACTOR = 'https://blog.test/ap/actor.json';

/** Every value of a private member of some keys, to look for where it must not be. */
function secrets(keys: readonly Record<string, string>[]): string[] {
  return keys.flatMap((key) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((name) => key[name] ?? []));
}

describe('the first run', () => {
  test('makes an RSA-2048 and an Ed25519 key that sign for the actor', async () => {
    const keys = await loadKeys(places);
    const data = Buffer.from('data');
    const signer = keys.signingKeys(ACTOR);
    expect(signer.keyId).toBe(`${ACTOR}#main-key`);
    expect(signer.sign(data).length).toBe(256);
    expect(keys.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\s*$/);
    expect(verify('rsa-sha256', keys.publicKeyPem, data, signer.sign(data))).toBe(true);
    const raw = fromEd25519Multikey(keys.publicKeyMultibase) ?? new Uint8Array();
    expect(
      verify('ed25519', ed25519Pem(raw), data, keys.signingKeys('https://blog.test/ap/actor.json').signProof(data)),
    ).toBe(true);
  });

  test('keeps the private halves to their owner and publishes the public ones', async () => {
    await loadKeys(places);
    expect(statSync(privateFile).mode & 0o777).toBe(0o600);
    expect(statSync(places.dataFolder).mode & 0o777).toBe(0o700);
    expect(readKeys(publicFile).map(({ kid, kty }) => [kid, kty])).toEqual([
      ['main-key', 'RSA'],
      ['ed25519-key', 'OKP'],
    ]);
    const published = readFileSync(publicFile, 'utf8');
    const held = secrets(readKeys(privateFile));
    expect(held.length).toBe(7);
    for (const secret of held) expect(published).not.toContain(secret);
    expect(readdirSync(places.dataFolder)).toEqual(['keys.json']);
    expect(readdirSync(places.contentFolder)).toEqual(['keys.json']);
  });

  test('the build reads the same public halves, and none before they are made', async () => {
    expect(await loadPublicKeys(places.contentFolder)).toBeUndefined();
    const { publicKeyPem, publicKeyMultibase } = await loadKeys(places);
    expect(await loadPublicKeys(places.contentFolder)).toEqual({ publicKeyPem, publicKeyMultibase });
  });

  test('a second run uses the same keys and writes nothing', async () => {
    useSeed();
    const first = await loadKeys(places);
    const before = [publicFile, privateFile].map((file) => statSync(file).mtimeMs);
    const second = await loadKeys(places);
    expect(second.publicKeyPem).toBe(first.publicKeyPem);
    expect(second.publicKeyMultibase).toBe(first.publicKeyMultibase);
    expect([publicFile, privateFile].map((file) => statSync(file).mtimeMs)).toEqual(before);
  });

  test('three loads at once in one process end with one pair of keys', async () => {
    const all = await Promise.all(Array.from({ length: 3 }, () => loadKeys(places)));
    expect(new Set(all.map((keys) => keys.publicKeyPem + keys.publicKeyMultibase)).size).toBe(1);
    expect((await loadKeys(places)).publicKeyPem).toBe(all[0]?.publicKeyPem);
  });

  test('two processes that start at once end with one pair of keys', async () => {
    const script = `import { loadKeys } from ${JSON.stringify(new URL('../../server/keys.ts', import.meta.url).href)};
      const keys = await loadKeys(${JSON.stringify(places)});
      process.stdout.write(keys.publicKeyPem + keys.publicKeyMultibase);`;
    const run = async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd: new URL('../../', import.meta.url),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (chunk) => {
        printed += chunk;
      });
      await once(child, 'close');
      return printed;
    };
    const printed = await Promise.all([run(), run()]);
    expect(printed[0]).toContain('BEGIN PUBLIC KEY');
    expect(new Set(printed).size).toBe(1);
    expect(readdirSync(places.dataFolder)).toEqual(['keys.json']);
  });

  test('a crash between the two files → the next run publishes the keys that are there', async () => {
    useSeed();
    const first = await loadKeys(places);
    rmSync(publicFile);
    expect((await loadKeys(places)).publicKeyPem).toBe(first.publicKeyPem);
    expect(await loadPublicKeys(places.contentFolder)).toMatchObject({ publicKeyPem: first.publicKeyPem });
  });

  test('a folder that cannot be made → keys-not-written, with the file named', async () => {
    symlinkSync(path.join(folder, 'nowhere', 'at-all'), places.dataFolder);
    const fault = await faultOf(loadKeys(places));
    expect(fault.code).toBe('keys-not-written');
    expect(fault.message).toContain(privateFile);
  });

  test('a key file that cannot be read → keys-not-readable, with the file named', async () => {
    mkdirSync(privateFile, { recursive: true });
    const fault = await faultOf(loadKeys(places));
    expect(fault.code).toBe('keys-not-readable');
    expect(fault.message).toContain(privateFile);
  });
});

describe('keys in the environment', () => {
  test('take the place of the file in the data folder', async () => {
    useSeed();
    const first = await loadKeys(places);
    const privateKeys = readFileSync(privateFile, 'utf8');
    rmSync(privateFile);
    const second = await loadKeys({ ...places, privateKeys });
    expect(second.publicKeyPem).toBe(first.publicKeyPem);
    expect(second.signingKeys(ACTOR).sign(Buffer.from('x'))).toEqual(first.signingKeys(ACTOR).sign(Buffer.from('x')));
  });

  test('blank is as good as absent', async () => {
    await loadKeys({ ...places, privateKeys: ' ' });
    expect(readKeys(privateFile).length).toBe(2);
  });

  test('malformed in any way → private-keys-malformed, and nothing of them in the error', async () => {
    useSeed();
    const text = readFileSync(privateFile, 'utf8');
    const keys = readKeys(privateFile);
    const changed = (change: (key: Record<string, string>) => object | undefined) =>
      JSON.stringify({ keys: keys.map(change).filter((key) => key !== undefined) });
    const malformed = {
      'cut short': text.slice(0, -20),
      'not JSON': `keys: ${keys[0]?.d}`,
      'a bare key': JSON.stringify(keys[0]),
      'one key': changed((key) => (key.kid === 'main-key' ? key : undefined)),
      'a key twice': JSON.stringify({ keys: [...keys, ...keys] }),
      'public halves only': readFileSync(publicFile, 'utf8'),
      'another d': changed((key) => ({ ...key, d: key.d?.split('').reverse().join('') })),
      'a short RSA key': changed((key) => (key.n === undefined ? key : { ...key, n: key.n.slice(0, 100) })),
      'the kids swapped': changed((key) => ({ ...key, kid: key.kid === 'main-key' ? 'ed25519-key' : 'main-key' })),
      null: 'null',
      'a list': '[]',
      'a number': '1',
    };
    for (const [name, privateKeys] of Object.entries(malformed)) {
      const fault = await faultOf(loadKeys({ ...places, privateKeys }));
      expect([name, fault.code]).toEqual([name, 'private-keys-malformed']);
      expect(fault.message).toContain('POSTERN_PRIVATE_KEYS');
      for (const secret of secrets(keys)) {
        for (let at = 0; at + 8 <= secret.length; at += 8)
          expect(printedOf(fault)).not.toContain(secret.slice(at, at + 8));
      }
    }
  });

  test('a damaged file in the data folder → named, and left as it is', async () => {
    useSeed();
    writeFileSync(privateFile, '{');
    const fault = await faultOf(loadKeys(places));
    expect(fault.code).toBe('private-keys-malformed');
    expect(fault.message).toContain(privateFile);
    expect(readFileSync(privateFile, 'utf8')).toBe('{');
  });
});

describe('halves that do not belong together', () => {
  test('public keys without private ones → private-keys-missing, and no new keys', async () => {
    useSeed();
    rmSync(privateFile);
    const fault = await faultOf(loadKeys(places));
    expect(fault.code).toBe('private-keys-missing');
    expect(fault.hint).toContain(privateFile);
    expect(fault.hint).toContain('POSTERN_PRIVATE_KEYS');
    expect(readdirSync(places.dataFolder)).toEqual([]);
  });

  test.each(['main-key', 'ed25519-key'])('another %s → key-mismatch that names both places', async (kid) => {
    useSeed();
    const other = {
      ...places,
      dataFolder: path.join(folder, 'other'),
      contentFolder: path.join(folder, 'other-content'),
    };
    await loadKeys(other);
    const foreign = readKeys(path.join(other.dataFolder, 'keys.json'));
    const mixed = {
      keys: readKeys(privateFile).map((key) => (key.kid === kid ? foreign.find((one) => one.kid === kid) : key)),
    };
    writeFileSync(privateFile, JSON.stringify(mixed));
    const fault = await faultOf(loadKeys(places));
    expect(fault).toMatchObject({
      code: 'key-mismatch',
      facts: { kid, privateKeys: privateFile, publicKeys: publicFile },
    });
    for (const secret of secrets(readKeys(privateFile))) expect(printedOf(fault)).not.toContain(secret);
  });
});

describe('a public file that cannot be used', () => {
  test('holds private keys → said by server and build, without repeating them', async () => {
    useSeed();
    writeFileSync(publicFile, readFileSync(privateFile));
    for (const load of [() => loadKeys(places), () => loadPublicKeys(places.contentFolder)]) {
      const fault = await faultOf(load());
      expect(fault.code).toBe('public-keys-malformed');
      expect(fault.message).toContain('private keys');
      for (const secret of secrets(readKeys(privateFile))) expect(printedOf(fault)).not.toContain(secret);
    }
  });

  test.each(['{', '{}', '{"keys":[]}', 'null', '{"keys":[null,1]}'])('%s → public-keys-malformed', async (text) => {
    useSeed();
    writeFileSync(publicFile, text);
    expect(await faultOf(loadKeys(places))).toMatchObject({ code: 'public-keys-malformed' });
    expect(await faultOf(loadPublicKeys(places.contentFolder))).toMatchObject({ code: 'public-keys-malformed' });
  });
});

/** Starts the processes of the delivery benchmark and talks with them. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generate } from 'selfsigned';
import type { FromPeers } from './peers.ts';
import { type Cost, type Setup, SUFFIX, type Work } from './setup.ts';
import type { FromSide, ToSide } from './side.ts';

/** The senders: `floor` sends what was signed before, `signing-floor` signs. */
export type Name = 'floor' | 'signing-floor' | 'postern' | 'postern-beside-dead' | 'fedify';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = resolve(HERE, '../../node_modules/.cache/postern');
/** No answer for this long is a fault of the benchmark. */
const PATIENCE_MS = 300_000;

export interface World {
  readonly setup: Omit<Setup, 'floorSigns'>;
  readonly env: NodeJS.ProcessEnv;
  readonly peers: ChildProcess;
}

/** Makes an authority, a certificate for all names, the keys, and the peers. */
export async function createWorld(folder: string): Promise<World> {
  const valid = { notAfterDate: new Date(Date.now() + 7 * 86_400_000), algorithm: 'sha256', keyType: 'ec' } as const;
  const authority = await generate([{ name: 'commonName', value: 'Benchmark authority' }], {
    ...valid,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: SUFFIX }], {
    ...valid,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [{ type: 2, value: `*.${SUFFIX}` }] },
    ],
  });
  const files = {
    authority: join(folder, 'authority.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  };
  writeFileSync(files.authority, authority.cert);
  writeFileSync(files.cert, leaf.cert);
  writeFileSync(files.key, leaf.private, { mode: 0o600 });
  await writeFedifyKeys(join(folder, 'keys-fedify.json'));
  mkdirSync(join(folder, 'content'));
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS: files.authority };
  const peers = fork(await bundled('peers'), [files.cert, files.key], { env, execArgv: [] });
  const { told, ...first } = await answerOf<FromPeers>(peers);
  if (told !== 'listening' || !('ports' in first)) throw new Error('the peers did not listen');
  return { setup: { folder, ports: first.ports }, env, peers };
}

async function writeFedifyKeys(file: string): Promise<void> {
  const { subtle } = globalThis.crypto;
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const pairs = [
    await subtle.generateKey(rsa, true, ['sign', 'verify']),
    (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair,
  ];
  const keys = await Promise.all(pairs.map(({ privateKey }) => subtle.exportKey('jwk', privateKey)));
  writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 });
}

/** As the project's commands run: plain JavaScript in one file, so that no loader is in the figures. */
async function bundled(name: string): Promise<string> {
  const outfile = join(CACHE, `bench-${name}.mjs`);
  await build({
    entryPoints: [join(HERE, `${name}.ts`)],
    outfile,
    bundle: true,
    external: ['libsql'],
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
    platform: 'node',
    format: 'esm',
    target: 'node20.20',
    logLevel: 'error',
  });
  return outfile;
}

function answerOf<T extends object>(child: ChildProcess): Promise<T> {
  return new Promise((done, fail) => {
    const ended = (code: number | null): void => fail(new Error(`a process ended with ${code}`));
    const timer = setTimeout(() => fail(new Error('a process did not answer')), PATIENCE_MS);
    child.once('exit', ended);
    child.once('message', (message) => {
      clearTimeout(timer);
      child.off('exit', ended);
      done(message as T);
    });
  });
}

async function counts(world: World): Promise<{ requests: number; connections: number; open: number }> {
  world.peers.send('count');
  const answer = await answerOf<FromPeers>(world.peers);
  if (answer.told !== 'counts') throw new Error('the peers told something else');
  return answer;
}

/** What a round cost, and the connections that it opened to peers that are well. */
export type Measured = Cost & { readonly connections: number };

export interface Side {
  /** Runs a round, waits until its connections are closed, and checks that everything arrived. */
  run(work: Work): Promise<Measured>;
  stop(): void;
}

function setupFor(world: World, name: Name): string {
  return JSON.stringify({ ...world.setup, floorSigns: name === 'signing-floor' } satisfies Setup);
}

function fileOf(name: Name): string {
  return name === 'signing-floor' ? 'floor' : name;
}

/** The flags with which `npm start` and `npm run publish` run Postern: a small nursery keeps a process of many small objects small. */
function flagsOf(name: Name): string[] {
  if (!name.startsWith('postern')) return [];
  const { scripts } = JSON.parse(readFileSync(join(HERE, '../../package.json'), 'utf8'));
  return String(scripts.publish)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}

export async function startSide(world: World, name: Name, execArgv: readonly string[] = []): Promise<Side> {
  const child = fork(await bundled(fileOf(name)), [setupFor(world, name)], {
    env: world.env,
    execArgv: [...flagsOf(name), ...execArgv],
  });
  await answerOf<FromSide>(child);
  return {
    run: (work) => measured(world, child, work, (message) => child.send(message)),
    stop: () => void child.disconnect(),
  };
}

/** A process that starts, works one round off, and ends. */
export async function runCold(world: World, name: Name, work: Work): Promise<Measured> {
  const file = await bundled(fileOf(name));
  const child = fork(file, [setupFor(world, name), JSON.stringify(work)], { env: world.env, execArgv: flagsOf(name) });
  const before = await counts(world);
  await answerOf<FromSide>(child);
  const answer = await answerOf<FromSide>(child);
  if (answer.did !== 'settle') throw new Error(`${name} told something else`);
  return { ...answer.cost, connections: (await counts(world)).connections - before.connections };
}

async function measured(
  world: World,
  child: ChildProcess,
  work: Work,
  send: (message: ToSide) => void,
): Promise<Measured> {
  const before = await counts(world);
  send({ do: 'work', work });
  const worked = await answerOf<FromSide>(child);
  const expected = work.activities * work.origins;
  for (let after = await counts(world); after.open > 0; after = await counts(world)) await pause(100);
  const after = await counts(world);
  if (worked.did !== 'work' || worked.delivered !== expected || after.requests - before.requests !== expected)
    throw new Error(`${JSON.stringify(worked)} of ${expected}; ${after.requests - before.requests} arrived`);
  send({ do: 'settle' });
  const settled = await answerOf<FromSide>(child);
  if (settled.did !== 'settle') throw new Error('a sender told something else');
  return { ...settled.cost, connections: after.connections - before.connections };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

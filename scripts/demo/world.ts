/**
 * A small fediverse on loopback: a certificate authority of its own, TLS in front of Postern as a proxy would stand
 * there, and the child processes. All of it lives in one temporary folder and ends with `close()`.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';

export const PROJECT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

export interface World {
  readonly folder: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The environment of every child: nothing inherited but the path and the home. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Makes the temporary folder and a certificate for `localhost` that the children trust. */
export async function createWorld(prefix = 'postern-'): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const pair = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  writeFileSync(certFile, pair.cert);
  writeFileSync(keyFile, pair.private, { mode: 0o600 });
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    folder,
    certFile,
    keyFile,
    environment: { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS: certFile, NO_COLOR: '1' },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}

/** TLS on `port`, plain HTTP to `target` behind it: what Caddy or nginx does for a self-hosted blog. */
export async function startTlsProxy(world: World, port: number, target: number): Promise<Server> {
  const options = { cert: readFileSync(world.certFile), key: readFileSync(world.keyFile) };
  const server = createTlsServer(options, (incoming, outgoing) => {
    const forward = httpRequest(
      { host: '127.0.0.1', port: target, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return server;
}

const RUN = join(PROJECT, 'scripts/run.mjs');

/** Starts one of the project's commands as a child that speaks IPC. */
export function forkCommand(name: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return fork(RUN, [name, ...args], {
    cwd: PROJECT,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the project's commands to its end. */
export async function runCommand(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(process.execPath, [RUN, name, ...args], {
    cwd: PROJECT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  return { code, stdout, stderr };
}

/** Ends a child and waits until it is gone. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  await gone;
}

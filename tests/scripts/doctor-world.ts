import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSettings } from '../../build/settings.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { openBlog } from '../../scripts/blog.ts';
import { buildSite } from '../../scripts/build-site.ts';
import { freePort, type Ran, runCommand } from '../../scripts/demo/world.ts';
import { openAsk } from '../../scripts/doctor/ask.ts';
import { examine } from '../../scripts/doctor/examine.ts';
import { type Report, reportOf } from '../../scripts/doctor/report.ts';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { serve } from '../../server/hosts/node.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';

const PROFILE = '---\nusername: blog\nname: A blog\nlanguage: en\n---\nA few words.\n';
const POST = '---\ntitle: Hello\ndate: 2026-11-01T10:00:00Z\nid: hello\n---\nA sentence.\n';
const NOTE = '---\ndate: 2026-11-02T10:00:00Z\nid: short\n---\nOnly a sentence.\n';

/** An answer on its way out, which a broken site makes another. */
export interface Passing {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The connection ends in the middle of the body. */
  isCut?: boolean;
}

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly accept: string;
}

/** Breaks one thing: gives what is answered instead. */
export type Break = (asked: Asked, answer: Passing) => Passing | undefined;

/** A blog that is well, behind a proxy that can break one thing of it. */
export interface DoctorWorld {
  readonly origin: string;
  /** Of the owner's machine, where all keys are. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Record<string, unknown>[];
  break(how: Break | undefined): void;
  /** What the proxy does to the headers of a request before it passes it on. */
  change(how: ((headers: IncomingHttpHeaders) => IncomingHttpHeaders) | undefined): void;
  /** What the command would find, without its process. */
  report(): Promise<Report>;
  doctor(args?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ran>;
  /** Makes the blog forget the keys that it knows. */
  forget(): Promise<void>;
  /** What is in the store, for what must not change. */
  sizes(): Promise<unknown>;
  close(): Promise<void>;
}

export async function startDoctorWorld(): Promise<DoctorWorld> {
  const root = mkdtempSync(join(tmpdir(), 'postern-doctor-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { PATH, HOME, TMPDIR } = process.env;
  const environment = {
    ...{ PATH, HOME, TMPDIR, NO_COLOR: '1', POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' },
    POSTERN_CONTENT: join(root, 'content'),
    POSTERN_DATA: join(root, 'data'),
  };
  const settings = readSettings(environment, root);
  const files = { 'profile.md': PROFILE, 'posts/hello.md': POST, 'notes/short.md': NOTE };
  for (const [path, text] of Object.entries(files)) {
    const file = join(settings.contentFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const siteFolder = join(root, 'site');
  await buildSite(settings, siteFolder);
  const log: Record<string, unknown>[] = [];
  const blog = await openBlog(settings, siteFolder, (line) => void log.push(line));
  await applyPlan(blog.deps, await preparePlan(blog.deps));
  await blog.deps.store.workers.beat('a-server', Date.now() + 3_600_000);
  const serving = await serve({ functions: FUNCTIONS, siteFolder, deps: blog.deps, host: '127.0.0.1', port: 0 });
  const proxy = await startProxy(port, serving.url);
  return {
    origin,
    environment,
    log,
    break: (how) => {
      proxy.tamper = how;
    },
    change: (how) => {
      proxy.change = how;
    },
    report: async () => {
      const { ask, close } = openAsk({ allowPrivate: true, clock: Date.now });
      const resolve = async () => [];
      const patient = { origin, addresses: addressesOf(origin), ask, resolve, clock: Date.now, allowPrivate: true };
      const silent = { begins: () => {}, found: () => {} };
      try {
        return reportOf(origin, await examine({ ...patient, settings }, silent));
      } finally {
        close();
      }
    },
    doctor: (args = ['--json'], more = {}) => runCommand('doctor', args, { ...environment, ...more }),
    forget: () => blog.deps.store.actors.remove(`${origin}/ap/actor.json`),
    sizes: () => blog.deps.store.sizes(),
    async close() {
      await proxy.close();
      await serving.close();
      await blog.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

interface Proxy {
  tamper: Break | undefined;
  change: ((headers: IncomingHttpHeaders) => IncomingHttpHeaders) | undefined;
  close(): Promise<void>;
}

async function startProxy(port: number, target: string): Promise<Proxy> {
  const proxy: Proxy = { tamper: undefined, change: undefined, close: async () => {} };
  const server = createServer(async (request, response) => {
    const answer = await forward(request, target, proxy.change);
    const asked = { method: request.method ?? 'GET', path: request.url ?? '/', accept: request.headers.accept ?? '' };
    write(response, proxy.tamper?.(asked, answer) ?? answer);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  proxy.close = () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return proxy;
}

async function forward(request: IncomingMessage, target: string, change: Proxy['change']): Promise<Passing> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { host: _, connection: __, 'content-length': ___, ...sent } = change?.(request.headers) ?? request.headers;
  const headers = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)]));
  const { method = 'GET', url = '/' } = request;
  const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
  const got = await fetch(target + url, { method, headers, redirect: 'manual', ...body });
  const kept = [...got.headers].filter(
    ([name]) => !['content-length', 'transfer-encoding', 'connection', 'keep-alive'].includes(name),
  );
  return { status: got.status, headers: Object.fromEntries(kept), body: await got.text() };
}

function write(response: ServerResponse, { status, headers, body, isCut = false }: Passing): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  if (!isCut) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

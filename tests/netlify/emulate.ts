/**
 * Netlify's local emulation of a project: functions as its packager makes them, Blobs, redirects, headers, files, and edge
 * functions if asked for. It tells its parent where it listens, and ends with it.
 *
 * Three things differ from how Netlify's own command runs it. Each function is packaged once, at the start, and not again for
 * each request; its thread is kept for the requests of one test, with the test's world around it (`instances.ts`); and Blobs
 * keep to the conditions of writes that come at once (`atomic-blobs.ts`).
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { NetlifyDev } from '@netlify/dev';
import { FunctionsHandler } from '@netlify/functions-dev';
import { makeWritesAtomic } from './atomic-blobs.ts';
import { keepInstances } from './instances.ts';
import { WORLD_HEADER, worldVariables } from './world-header.ts';

const [, , projectRoot = '', threadFile = '', edge, port = '0'] = process.argv;
const instances = keepInstances(threadFile);

makeWritesAtomic();

let functions: FunctionsHandler | undefined;
const { match } = FunctionsHandler.prototype;
FunctionsHandler.prototype.match = function (request, folder) {
  functions = this;
  return match.call(this, request, folder);
};

/** Waits for what the emulation packages when it starts, and has it keep to that. */
async function packageOnce(): Promise<void> {
  const registry: unknown = Reflect.get(Object(functions), 'registry');
  const all: unknown = Reflect.get(Object(registry), 'functions');
  if (!(all instanceof Map)) throw new Error('this version of @netlify/functions-dev keeps its functions elsewhere');
  for (const [name, each] of all) {
    await Reflect.get(each, 'buildQueue');
    const fault: unknown = Reflect.get(each, 'buildError');
    if (fault) throw new Error(`${name} cannot be packaged`, { cause: fault });
    Reflect.set(each, 'build', async () => ({}));
  }
}

const off = { enabled: false };
const emulation = new NetlifyDev({
  projectRoot,
  edgeFunctions: { enabled: edge === 'edge' },
  environmentVariables: off,
  geolocation: off,
  images: off,
  aiGateway: off,
  database: off,
  skipGitignore: true,
});

const server = createServer((message, response) => void answer(message, response));
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

/** The worlds of requests for pages: what the edge function asks for one, without any header of a test, is asked in its world. */
const worldsOfPages = new Map<string, string>();

function worldOf({ url, headers }: Request): string | undefined {
  const { pathname } = new URL(url);
  const world = headers.get(WORLD_HEADER);
  if (world === null) return worldsOfPages.get(pathname.replace(/^\/ap\/pages/, ''));
  worldsOfPages.set(pathname, world);
  return world;
}

async function answer(message: IncomingMessage, to: ServerResponse): Promise<void> {
  try {
    const request = toRequest(message);
    const world = worldOf(request);
    const variables = world === undefined ? {} : worldVariables(world);
    const found = await instances.with(variables, () =>
      emulation.handleAndIntrospect(request, { serverAddress: base }),
    );
    const isRuledOut = found?.type === 'redirect' && found.response.status === 404;
    const response = found && !isRuledOut ? found.response : await notFound();
    to.writeHead(response.status, Object.fromEntries(response.headers));
    to.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    to.writeHead(599, { 'content-type': 'text/plain' }).end(`the emulation failed: ${error}`);
  }
}

function toRequest(message: IncomingMessage): Request {
  const { method = 'GET', url = '/', headersDistinct } = message;
  const headers = Object.entries(headersDistinct).map(([name, values]): [string, string] => [name, `${values}`]);
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(message), duplex: 'half' };
  return new Request(base + url, { method, headers, ...body } as RequestInit);
}

/** What Netlify answers where the site has nothing, or a rule says so; the emulation leaves that to who embeds it. */
async function notFound(): Promise<Response> {
  const page = await emulation.handle(new Request(`${base}/404.html`), { serverAddress: base });
  return new Response(page?.body ?? 'Not found', { status: 404, ...(page && { headers: page.headers }) });
}

await emulation.start();
await emulation.handle(new Request(base), { serverAddress: base });
await packageOnce();

async function stop(): Promise<void> {
  server.closeAllConnections();
  await emulation.stop();
  process.exit(0);
}
process.once('disconnect', () => void stop());
process.send?.({ base, blobs: process.env.NETLIFY_BLOBS_CONTEXT });

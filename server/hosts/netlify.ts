import type { Context } from '@netlify/functions';
import { addressesOf } from '../../federation/addresses.ts';
import { type Deployment, notFederating } from '../deployment.ts';
import type { DepsOptions, MadeDeps } from '../deps.ts';
import { PosternError } from '../errors.ts';
import { type HeldKeys, parsePrivateKeys } from '../held-keys.ts';
import type { Deps, LogLine } from '../ports.ts';
import { problem } from '../routes/respond.ts';
import { shownSigningKeys } from '../shown-keys.ts';
import { openSite } from '../site.ts';
import type { StartingDeps, Workplace } from '../start-work.ts';
import type { Store } from '../store/store.ts';
import { deploymentOf } from './netlify-deployment.ts';
import { findSite, siteVersion } from './netlify-site.ts';
import { openNetlifyStore } from './netlify-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Of Netlify's context what says where this runs. */
export interface NetlifyContext {
  readonly deploy?: Pick<Context['deploy'], 'context'> & Partial<Pick<Context['deploy'], 'published'>>;
  readonly site?: Pick<Context['site'], 'url'>;
  readonly waitUntil?: Context['waitUntil'];
}

/** What one instance of a function keeps for all the requests that it answers. */
export interface NetlifyBlog<D extends StartingDeps = Deps> extends Workplace<D> {
  readonly origin: string;
  /** Whether something was queued since it was asked last. */
  takeQueued(): boolean;
}

/** Puts together what a function needs, and no more: see `createDeps` and `createReceivingDeps`. */
export type MakeDeps<D> = (options: DepsOptions) => MadeDeps<D>;

export interface NetlifyBlogOptions {
  readonly env: Environment;
  /** Where the built site lies; found beside the function unless given. */
  readonly folder?: string;
  readonly openStore?: (deployment: Deployment, env: Environment) => Store;
  readonly log?: (line: LogLine) => void;
}

/**
 * Opens the blog with the first request of this instance, and gives the same to all: nothing is read at its start. What the
 * platform says of the deployment may change while the instance lives: then it is opened again.
 */
export function openOnce<D extends StartingDeps>(
  make: MakeDeps<D>,
  options: NetlifyBlogOptions = { env: process.env },
): (context: NetlifyContext) => Promise<NetlifyBlog<D>> {
  const opened = new Map<string, Promise<NetlifyBlog<D>>>();
  return (context) => {
    const deployment = JSON.stringify(deploymentOf(context, options.env));
    const known = opened.get(deployment);
    if (known) return known;
    const opening = openNetlifyBlog(make, context, options).catch((fault: unknown) => {
      opened.delete(deployment);
      throw fault;
    });
    opened.set(deployment, opening);
    return opening;
  };
}

export async function openNetlifyBlog<D extends StartingDeps>(
  make: MakeDeps<D>,
  context: NetlifyContext,
  options: NetlifyBlogOptions,
): Promise<NetlifyBlog<D>> {
  const { env, folder = findSite(env), openStore = openNetlifyStore, log = logLine } = options;
  const deployment = deploymentOf(context, env);
  const site = openSite(folder);
  const { origin } = (await site.parts()).head;
  const { store, takeQueued } = noticeQueued(openStore(deployment, env));
  const held = lazyHeld(env);
  const { deps, own } = make({
    store,
    site,
    log,
    keys: shownSigningKeys({
      held: () => held() ?? withoutKeys(),
      actor: addressesOf(origin).actor,
      siteFolder: folder,
    }),
    origin,
    version: siteVersion(folder),
    allowPrivate: deployment.allowPrivateAddresses,
  });
  return { deps, own, deployment, held, origin, takeQueued };
}

function lazyHeld(env: Environment): () => HeldKeys | undefined {
  let known: HeldKeys | undefined;
  return () => {
    const text = env.POSTERN_PRIVATE_KEYS?.trim();
    if (!known && text) known = parsePrivateKeys(text, 'POSTERN_PRIVATE_KEYS');
    return known;
  };
}

function withoutKeys(): never {
  throw new PosternError('private-keys-missing', 'POSTERN_PRIVATE_KEYS is not in the environment of the functions.', {
    hint: 'Set it in the site configuration to the content of keys.json, for the production context, and deploy again.',
  });
}

/** Netlify keeps what is written to the output, one line for each outcome. */
export function logLine(line: LogLine): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}

/** Nothing runs here between requests: whoever queued something has to see that it is sent. */
function noticeQueued(store: Store): { store: Store; takeQueued: () => boolean } {
  let isQueued = false;
  const { deliveries } = store;
  return {
    store: {
      ...store,
      deliveries: {
        ...deliveries,
        async enqueue(...asked) {
          const queued = await deliveries.enqueue(...asked);
          if (queued > 0) isQueued = true;
          return queued;
        },
      },
    },
    takeQueued() {
      const taken = isQueued;
      isQueued = false;
      return taken;
    },
  };
}

export interface AnswerOptions {
  /** Only where the blog federates: elsewhere there is nothing at this address. */
  readonly federatesOnly?: boolean;
  /** Not at a deploy that is none of production's: a preview, or one that is not live. */
  readonly productionOnly?: boolean;
}

/** Answers a request as `route` does, and starts the delivery of what came of it when the answer is out. */
export async function answerOnNetlify<D extends StartingDeps>(
  open: () => Promise<NetlifyBlog<D>>,
  { request, context }: { readonly request: Request; readonly context: NetlifyContext },
  route: (deps: D, request: Request) => Promise<Response>,
  { federatesOnly = false, productionOnly = false }: AnswerOptions = {},
): Promise<Response> {
  let log = logLine;
  try {
    const blog = await open();
    ({ log } = blog.deps);
    const refused = notFederating(blog.deployment, blog.origin);
    if (refused && (federatesOnly || (productionOnly && refused.why === 'not-production'))) {
      log({ ...refused.facts, event: 'request.not-federating', level: 'info', why: refused.why });
      return problem(404, 'This deploy takes part in nothing: the blog lives at its own address.');
    }
    const response = await route(blog.deps, publicRequest(blog.origin, request));
    if (blog.takeQueued()) await afterwards(context, wake(blog));
    return response;
  } catch (fault) {
    return failed(log, request, fault);
  }
}

/** A platform that cannot go on after the answer holds it back for as long as a start takes. */
async function afterwards({ waitUntil }: NetlifyContext, work: Promise<void>): Promise<void> {
  if (waitUntil) waitUntil(work);
  else await work;
}

async function wake(blog: NetlifyBlog<StartingDeps>): Promise<void> {
  try {
    // Most requests queue nothing.
    const { wakeDelivery } = await import('../start-work.ts');
    await wakeDelivery(blog);
  } catch (fault) {
    const error = fault instanceof Error ? fault.message : String(fault);
    blog.deps.log({ event: 'work.not-started', level: 'error', work: 'deliver', reason: error });
  }
}

/**
 * The request as its sender made it: under the address that the blog has, whatever name or path the platform calls the
 * function by. A signature names that address and no other (RFC 9421 §2.2.6).
 */
function publicRequest(origin: string, request: Request): Request {
  const { pathname, search } = new URL(request.url);
  const path = pathname === '/.netlify/functions/inbox' ? '/ap/inbox' : pathname;
  return new Request(origin + path + search, request);
}

/** A fault of ours is one line in the log, and for the peer a word without detail: it shall come again. */
function failed(log: (line: LogLine) => void, request: Request, fault: unknown): Response {
  log({
    event: 'request.failed',
    level: 'error',
    method: request.method,
    path: loggedPath(new URL(request.url).pathname),
    code: fault instanceof PosternError ? fault.code : 'unexpected',
    error: fault instanceof Error ? fault.message : String(fault),
  });
  return problem(503, 'Something is wrong on our side: try again later.', { 'retry-after': '60' });
}

/** Without the secrets of the owner's feeds (invariant 12). */
function loggedPath(path: string): string {
  return path.replace(/(\/(?:notifications|reading)\/).*/i, '$1…').slice(0, 200);
}

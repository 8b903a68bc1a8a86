import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ED25519_KID, RSA_KID } from '../../../federation/signatures/jwk.ts';
import { ACTIVITY_JSON } from '../../../federation/vocabulary.ts';
import { notFederating } from '../../../server/deployment.ts';
import { createDeps } from '../../../server/deps.ts';
import { answerOwnerWith } from '../../../server/hosts/host.ts';
import {
  answerOnNetlify,
  type NetlifyBlog,
  type NetlifyContext,
  openNetlifyBlog,
  openOnce,
} from '../../../server/hosts/netlify.ts';
import { deploymentOf } from '../../../server/hosts/netlify-deployment.ts';
import { netlifyFacts } from '../../../server/hosts/netlify-facts.ts';
import { openNetlifyStore } from '../../../server/hosts/netlify-store.ts';
import { doWork, scheduled, startSeldom } from '../../../server/hosts/netlify-work.ts';
import type { LogLine } from '../../../server/ports.ts';
import { inbox } from '../../../server/routes/inbox.ts';
import { objects } from '../../../server/routes/objects.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { workOnDeliveries } from '../../../server/work-deliveries.ts';
import { signWorkToken } from '../../../server/work-token.ts';
import { privateKeysText } from '../blog-keys.ts';
import { createWorld, NOW, ORIGIN, PEER, post, type World } from '../routes/world.ts';

const PRODUCTION: NetlifyContext = { deploy: { context: 'production' }, site: { url: ORIGIN } };
const KEYS = privateKeysText();

let world: World;
let lines: LogLine[];
beforeEach(() => {
  world = createWorld();
  lines = [];
});
afterEach(() => world.remove());

/** The blog as Netlify's host makes it, in a network of one peer. */
async function open(
  context = PRODUCTION,
  env: Record<string, string> = { POSTERN_PRIVATE_KEYS: KEYS },
): Promise<NetlifyBlog> {
  const blog = await openNetlifyBlog(createDeps, context, {
    env,
    folder: world.siteFolder,
    openStore: () => openMemoryStore(),
    log: (line) => void lines.push(line),
  });
  const { documents } = world.deps;
  return { ...blog, deps: { ...blog.deps, documents, clock: () => NOW } };
}

const follow = () => post({ id: `${PEER}#follow-1`, type: 'Follow', actor: PEER, object: `${ORIGIN}/ap/actor.json` });

async function receive(url: string, context: NetlifyContext = PRODUCTION): Promise<Response> {
  const blog = await open(context);
  return answerOnNetlify(async () => blog, { request: new Request(url, follow()), context }, inbox, {
    federatesOnly: true,
  });
}

describe('what a peer sends to the inbox', () => {
  it.each([
    `${ORIGIN}/ap/inbox`,
    'https://6743f1--blog.netlify.app/ap/inbox',
    'http://127.0.0.1:8888/ap/inbox',
    'https://main--blog.netlify.app/.netlify/functions/inbox',
  ])('is verified by the address that it was sent to, though the platform says %s', async (url) => {
    const blog = await open();
    const request = new Request(url, follow());
    const answer = await answerOnNetlify(async () => blog, { request, context: {} }, inbox, { federatesOnly: true });
    expect(lines.filter(({ event }) => event.startsWith('inbox'))).toMatchObject([{ event: 'inbox.accepted' }]);
    expect(answer.status).toBe(202);
  });

  it('under another path is none of ours', async () => {
    expect((await receive(`${ORIGIN}/.netlify/functions/deliver`)).status).toBe(401);
  });

  it.each([
    ['a preview', { ...PRODUCTION, deploy: { context: 'deploy-preview' } }],
    ['a branch deploy', { ...PRODUCTION, deploy: { context: 'branch-deploy' } }],
    ['a production deploy that is not live', { ...PRODUCTION, deploy: { context: 'production', published: false } }],
    ['a second site of the same repository', { ...PRODUCTION, site: { url: 'https://copy.netlify.app' } }],
    ['a look on a developer’s machine', { ...PRODUCTION, deploy: { context: 'dev' } }],
  ])('is refused by %s: there is no inbox', async (_, context) => {
    expect((await receive(`${ORIGIN}/ap/inbox`, context)).status).toBe(404);
    expect(lines).toMatchObject([{ event: 'request.not-federating' }]);
  });

  it('is answered before its answer is delivered, which is started then', async () => {
    const blog = await open();
    const posted: { url: string; token: string }[] = [];
    let answered: (status: number) => void = () => {};
    const own = {
      ...blog.own,
      post: (url: string, token: string) => {
        posted.push({ url, token });
        return new Promise<number>((resolve) => {
          answered = resolve;
        });
      },
    };
    const later: Promise<unknown>[] = [];
    const context = { ...PRODUCTION, waitUntil: (work: Promise<unknown>) => void later.push(work) };
    const request = new Request(`${ORIGIN}/ap/inbox`, follow());
    const place = { ...blog, own };
    const answer = await answerOnNetlify(async () => place, { request, context }, inbox, { federatesOnly: true });
    expect(answer.status).toBe(202);
    expect(later).toHaveLength(1);
    await expect.poll(() => posted).toMatchObject([{ url: `${ORIGIN}/ap/work/deliver` }]);
    answered(202);
    await Promise.all(later);
    expect(lines.filter(({ event }) => event === 'work.not-started')).toEqual([]);
  });

  it('starts nothing when nothing was queued, or a run is at it', async () => {
    const blog = await open();
    const later: Promise<unknown>[] = [];
    const context = { ...PRODUCTION, waitUntil: (work: Promise<unknown>) => void later.push(work) };
    const own = { ...blog.own, post: () => Promise.reject(new Error('nothing is to be started')) };
    const ask = (request: Request) => answerOnNetlify(async () => ({ ...blog, own }), { request, context }, inbox);
    const like = { id: `${PEER}#like-1`, type: 'Like', actor: PEER, object: `${ORIGIN}/ap/posts/p1.json` };
    await ask(new Request(`${ORIGIN}/ap/inbox`, post(like)));
    expect(later).toEqual([]);
    await blog.deps.store.workers.beat('run-1', NOW + 30_000);
    await ask(new Request(`${ORIGIN}/ap/inbox`, follow()));
    await Promise.all(later);
    expect(lines.filter(({ event }) => event === 'work.not-started')).toEqual([]);
  });
});

describe('an old production deploy, which keeps an address of its own', () => {
  const deployed = (published?: boolean): NetlifyContext => ({
    ...PRODUCTION,
    deploy: { context: 'production', ...(published === undefined ? {} : { published }) },
  });

  it('is looked at with each request: an instance may live before its deploy is live, and after', async () => {
    const opened: string[] = [];
    const opening = openOnce(createDeps, {
      env: { POSTERN_PRIVATE_KEYS: KEYS },
      folder: world.siteFolder,
      openStore: ({ context }) => {
        opened.push(context);
        return openMemoryStore();
      },
      log: (line) => void lines.push(line),
    });
    const ask = async (published?: boolean) => {
      const context = deployed(published);
      const request = new Request(`${ORIGIN}/ap/inbox`, { method: 'POST' });
      const answer = await answerOnNetlify(() => opening(context), { request, context }, inbox, {
        federatesOnly: true,
      });
      return answer.status;
    };
    const [before, live, after, again, event] = [
      await ask(false),
      await ask(true),
      await ask(false),
      await ask(true),
      await ask(),
    ];
    expect([before, after]).toEqual([404, 404]);
    for (const status of [live, again, event]) expect(status).not.toBe(404);
    expect(opened).toEqual(['unpublished', 'production']);
  });

  it('has a store of its own, like a preview', async () => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, to) => {
      asked.push(url);
      to.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const blobs = {
      edgeURL: url,
      uncachedEdgeURL: url,
      token: 't',
      siteID: 'site-1',
      deployID: 'f'.repeat(24),
      primaryRegion: 'us-east-2',
    };
    vi.stubEnv('NETLIFY_BLOBS_CONTEXT', Buffer.from(JSON.stringify(blobs)).toString('base64'));
    try {
      const head = (published: boolean) =>
        openNetlifyStore(deploymentOf(deployed(published), {}), process.env).ledger.head();
      await head(false);
      await head(true);
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
    expect(asked).toEqual([expect.stringContaining('deploy:ffff'), expect.stringContaining('site:postern')]);
  });

  it.each([
    ['it', deployed(false)],
    ['a preview', { ...PRODUCTION, deploy: { context: 'deploy-preview' } }],
  ])('takes no command of the owner, whatever their token says: %s', async (_, context) => {
    const root = mkdtempSync(join(tmpdir(), 'postern-task-'));
    symlinkSync(world.siteFolder, join(root, '_site'));
    vi.stubEnv('LAMBDA_TASK_ROOT', root);
    const route = vi.fn(async () => new Response('done'));
    try {
      const work = { closed: async () => undefined, publish: async () => {}, deliver: async () => {} };
      const ask = answerOwnerWith(route, netlifyFacts, () => work);
      const answer = await ask(new Request(`${ORIGIN}/ap/owner`, { method: 'POST' }), { ...context, params: {} });
      expect(answer.status).toBe(404);
    } finally {
      vi.unstubAllEnvs();
      rmSync(root, { recursive: true });
    }
    expect(route).not.toHaveBeenCalled();
  });

  it('is what no schedule runs, though a header is missing that requests have', () => {
    expect(scheduled({ ...deployed(false), waitUntil: () => {} })).toEqual(PRODUCTION);
  });
});

it('a page or document needs no keys, and is found by the public address', async () => {
  const blog = await open(PRODUCTION, {});
  const request = new Request('https://6743f1--blog.netlify.app/ap/posts/p1.json', {
    headers: { accept: ACTIVITY_JSON },
  });
  const answer = await answerOnNetlify(async () => blog, { request, context: PRODUCTION }, objects);
  expect(await answer.json()).toMatchObject({ id: `${ORIGIN}/ap/posts/p1.json` });
  expect(blog.held()).toBeUndefined();
});

it('the owner is told why nothing is sent, when something last was, and how much the environment holds', async () => {
  const env = { POSTERN_PRIVATE_KEYS: KEYS, AWS_REGION: 'us-east-1', URL: ORIGIN, POSTERN_X: '12345' };
  const facts = async (context?: NetlifyContext) => netlifyFacts(await open(context, env), env);
  const environmentBytes = KEYS.length + 'POSTERN_PRIVATE_KEYSPOSTERN_X12345'.length;
  // The site of this test shows no keys.
  expect(await facts()).toEqual({ name: 'netlify', idle: 'key-mismatch', environmentBytes });
  expect(await facts({ deploy: { context: 'deploy-preview' } })).toMatchObject({ idle: 'not-production' });
});

it('private addresses are allowed on a developer’s machine alone, whatever the environment says', async () => {
  const env = { POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' };
  expect((await open(PRODUCTION, env)).deployment.allowPrivateAddresses).toBe(false);
  expect((await open({ deploy: { context: '' } }, env)).deployment.allowPrivateAddresses).toBe(true);
});

it.each([
  ['Lambda', { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }],
  ['Lambda, by its folder', { AWS_LAMBDA_FUNCTION_NAME: 'inbox', LAMBDA_TASK_ROOT: '/var/task' }],
])('on the platform’s own machines, a context that says nothing is no developer’s: %s', async (_, machine) => {
  const env = { POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', ...machine };
  for (const context of [{}, { deploy: { context: '' } }, { deploy: { context: 'dev' } }]) {
    const { deployment } = await open({ site: { url: ORIGIN }, ...context }, env);
    expect(deployment).toMatchObject({ context: 'unknown', allowPrivateAddresses: false });
    expect(notFederating(deployment, ORIGIN)?.why).toBe('not-production');
  }
});

it('an emulation that names a function, and the folder that it runs in, is a developer’s', async () => {
  const env = {
    POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
    AWS_LAMBDA_FUNCTION_NAME: 'handler',
    LAMBDA_TASK_ROOT: '/home/mara',
  };
  expect((await open({ deploy: { context: 'dev' } }, env)).deployment.allowPrivateAddresses).toBe(true);
});

it.each([
  ['no build', () => Promise.reject(new Error('no build'))],
  [
    'damaged keys',
    () =>
      open(PRODUCTION, { POSTERN_PRIVATE_KEYS: '{"keys":[]}' }).then((blog) => ({
        ...blog,
        takeQueued: () => Boolean(blog.held()),
      })),
  ],
])('with %s a request is answered with 503 and a word without detail', async (_, opening) => {
  const request = new Request(`${ORIGIN}/ap/notifications/secret`);
  const answer = await answerOnNetlify(opening, { request, context: {} }, async () => new Response('ok'));
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toMatch(/build|key|secret/i);
});

it('what is logged of damaged keys holds nothing of them', async () => {
  const text = KEYS.replace(/"n":"[^"]{20}/, '"n":"AAAA');
  const blog = await open(PRODUCTION, { POSTERN_PRIVATE_KEYS: text });
  expect(() => blog.held()).toThrow(expect.objectContaining({ code: 'private-keys-malformed' }));
  expect(blog.deps.keys.keyId).toBe(`${ORIGIN}/ap/actor.json#${RSA_KID}`);
  expect(blog.deps.keys.proofKeyId).toBe(`${ORIGIN}/ap/actor.json#${ED25519_KID}`);
});

it('work is done for who has a token for it, and for nobody else', async () => {
  const blog = await open();
  const keys = blog.held();
  if (!keys) throw new Error('no keys');
  const ask = async (headers: Record<string, string>) => {
    lines.length = 0;
    const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST', headers });
    await doWork(blog, request, { deliver: workOnDeliveries });
    return lines.map(({ event }) => event);
  };
  const token = (work: 'deliver' | 'publish') => signWorkToken(keys, { origin: ORIGIN, work, now: NOW });
  expect(await ask({})).toEqual(['work.refused']);
  expect(await ask({ authorization: `Bearer ${await token('publish')}` })).toEqual(['work.refused']);
  expect(await ask({ authorization: `Bearer ${await token('deliver')}` })).toEqual(['deliver.run']);
});

it.each([
  ['damaged keys', { POSTERN_PRIVATE_KEYS: '{"keys":[]}' }],
  ['no keys', {}],
])('with %s nobody’s request for work is one that the platform repeats: it is logged', async (_, env) => {
  const blog = await open(PRODUCTION, env);
  const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST' });
  await doWork(blog, request, { deliver: workOnDeliveries });
  expect(lines).toMatchObject([{ event: 'work.refused' }]);
});

it('work that fails is thrown, so that the platform repeats it', async () => {
  const blog = await open();
  const keys = blog.held();
  if (!keys) throw new Error('no keys');
  const token = await signWorkToken(keys, { origin: ORIGIN, work: 'deliver', now: NOW });
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST', headers });
  const doing = { deliver: () => Promise.reject(new Error('the store is away')) };
  await expect(doWork(blog, request, doing)).rejects.toThrow('away');
});

it('who is told the same many times starts one run in ten seconds', async () => {
  const blog = await open();
  let now = NOW;
  let posts = 0;
  const own = { ...blog.own, post: async () => ++posts && 202 };
  const place = { ...blog, own, deps: { ...blog.deps, clock: () => now } };
  const startPublish = startSeldom('publish');
  expect([await startPublish(place), await startPublish(place)]).toEqual([true, false]);
  now += 10_000;
  expect(await startPublish(place)).toBe(true);
  expect(posts).toBe(2);
});

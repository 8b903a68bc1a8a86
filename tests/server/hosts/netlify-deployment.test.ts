import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { notFederating } from '../../../server/deployment.ts';
import { createDeps } from '../../../server/deps.ts';
import { answerOwnerWith } from '../../../server/hosts/host.ts';
import { answerOnNetlify, type NetlifyContext, openOnce } from '../../../server/hosts/netlify.ts';
import { deploymentOf } from '../../../server/hosts/netlify-deployment.ts';
import { netlifyFacts } from '../../../server/hosts/netlify-facts.ts';
import { openNetlifyStore } from '../../../server/hosts/netlify-store.ts';
import { unasked } from '../../../server/hosts/netlify-work.ts';
import type { LogLine } from '../../../server/ports.ts';
import { inbox } from '../../../server/routes/inbox.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { ORIGIN, type World } from '../routes/world.ts';
import { KEYS, openBlog, openEachWorld, PRODUCTION } from './netlify-blog.ts';

let world: World;
let lines: LogLine[];
openEachWorld((made, log) => {
  world = made;
  lines = log;
});

const open = (context?: NetlifyContext, env?: Record<string, string>) => openBlog(world, lines, context, env);

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
    expect(unasked({ ...deployed(false), waitUntil: () => {} })).toEqual(PRODUCTION);
  });
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

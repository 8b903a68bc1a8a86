import { createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { multikeyOf } from '../../../federation/signatures/jwk.ts';
import { createDeps } from '../../../server/deps.ts';
import { parsePrivateKeys } from '../../../server/held-keys.ts';
import { answerOnNetlify, type NetlifyContext, openNetlifyBlog } from '../../../server/hosts/netlify.ts';
import { netlifyHostWork } from '../../../server/hosts/netlify-host-work.ts';
import type { LogLine } from '../../../server/ports.ts';
import { publishAsked } from '../../../server/publish-asked.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { workOnReconcile } from '../../../server/work.ts';
import { privateKeysText } from '../blog-keys.ts';
import { createWorld, manifest, manifestObject, ORIGIN, type World, writeSite } from '../routes/world.ts';

const PRODUCTION: NetlifyContext = { deploy: { context: 'production' }, site: { url: ORIGIN } };
const KEYS = privateKeysText();

let world: World;
let lines: LogLine[];
let started: string[];
let live: string;
beforeEach(() => {
  world = createWorld();
  lines = [];
  started = [];
  live = 'c0';
  const held = parsePrivateKeys(KEYS, 'test');
  const publicKeyPem = createPublicKey(held.rsa).export({ type: 'spki', format: 'pem' }).toString();
  const assertionMethod = [{ publicKeyMultibase: multikeyOf(held.public) }];
  const actor = { id: `${ORIGIN}/ap/actor.json`, type: 'Person', publicKey: { publicKeyPem }, assertionMethod };
  writeSite(world.siteFolder, { '/ap/actor.json': JSON.stringify(actor) });
});
afterEach(() => world.remove());

async function open(context = PRODUCTION) {
  const blog = await openNetlifyBlog(createDeps, context, {
    env: { POSTERN_PRIVATE_KEYS: KEYS },
    folder: world.siteFolder,
    openStore: () => store,
    log: (line) => void lines.push(line),
  });
  const own = {
    content: async () => ({ kind: 'content' as const, content: live }),
    post: async (url: string) => {
      started.push(new URL(url).pathname);
      return 202;
    },
  };
  return { ...blog, own };
}
let store = openMemoryStore();
beforeEach(() => {
  store = openMemoryStore();
});

/** The owner's word, as the function hands it on. */
async function publish(content: string, confirm: string[] = [], context = PRODUCTION) {
  const blog = await open(context);
  const deps = { ...blog.deps, hostWork: netlifyHostWork(blog, context) };
  const asked = { content, confirm, now: false };
  const route = async () => Response.json(await publishAsked(deps, asked, 500));
  const request = new Request(`${ORIGIN}/ap/owner`, { method: 'POST' });
  return (await answerOnNetlify(async () => blog, { request, context }, route)).json();
}

/** A new build, with posts that the ledger does not know. */
function build(content: string, count: number): void {
  const published = new Date(Date.now() - 60_000).toISOString();
  const fresh = Array.from({ length: count }, (_, n) => manifestObject(`posts/new${n}`, { published }));
  const documents = fresh.map(({ id, type }) => [new URL(id).pathname, JSON.stringify({ id, type })]);
  const built = { ...manifest(), content, objects: [...manifest().objects, ...fresh] };
  writeSite(world.siteFolder, { ...Object.fromEntries(documents), '/ap/manifest.json': JSON.stringify(built) });
  live = content;
}

it('a held publish is released from elsewhere: a function in the background sends it, after the answer', async () => {
  await publish('c0');
  expect(started).toEqual(['/ap/work/publish']);
  await workOnReconcile(await open());
  expect((await store.ledger.read())?.ledger.objects.size).toBe(2);
  build('c1', 11);
  started.length = 0;
  expect(await publish('c1')).toMatchObject({ approved: true, report: { counts: { creates: 0, holds: 1 } } });
  expect(started).toEqual([]);
  const later: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>) => void later.push(work);
  expect(await publish('c1', ['many-creates'], { ...PRODUCTION, waitUntil })).toMatchObject({
    report: { counts: { creates: 11, holds: 0 } },
  });
  await Promise.all(later);
  expect([later.length, started]).toEqual([1, ['/ap/work/publish']]);
  await workOnReconcile(await open());
  expect((await store.ledger.read())?.ledger.objects.size).toBe(13);
});

it.each([
  ['a preview', 'not-production', { ...PRODUCTION, deploy: { context: 'deploy-preview' } }],
  ['a second site', 'other-site', { ...PRODUCTION, site: { url: 'https://copy.netlify.app' } }],
])('%s says why it publishes nothing', async (_, why, context) => {
  expect(await publish('c0', [], context)).toMatchObject({ kind: 'closed', why });
  expect([started, await store.ledger.read()]).toEqual([[], undefined]);
});

it('a deploy that is not live, and keys that the site does not show, publish nothing', async () => {
  live = 'c9';
  expect(await publish('c0')).toMatchObject({ kind: 'closed', why: 'not-live' });
  writeSite(world.siteFolder, { '/ap/actor.json': JSON.stringify({ id: `${ORIGIN}/ap/actor.json` }) });
  expect(await publish('c0')).toMatchObject({ kind: 'closed', why: 'key-mismatch' });
  expect([started, await store.ledger.read()]).toEqual([[], undefined]);
});

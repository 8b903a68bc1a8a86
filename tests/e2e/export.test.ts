import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobsServer } from '@netlify/blobs/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Peer, startPeer } from '../../scripts/demo/forked-peer.ts';
import { Blog } from '../../scripts/demo/loopback-blog.ts';
import { createWorld, freePort, runCommand, type World } from '../../scripts/demo/world.ts';
import { openSiteStore } from '../../scripts/export/netlify-blobs.ts';
import { openRestorable } from '../../scripts/export/unpack.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { postFile } from '../invariants/own-blog.ts';
import { makeWritesAtomic } from '../netlify/atomic-blobs.ts';
import { author, collect, content, interaction } from '../server/store/samples.ts';
import { until } from './until.ts';

makeWritesAtomic();
/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let world: World;
let peer: Peer;
let peerOrigin: string;
let blog: Blog;
let blobs: BlobsServer;
beforeEach(async () => {
  world = await createWorld('postern-export-');
  ({ peer, origin: peerOrigin } = await startPeer(world));
  blog = await Blog.create(world);
  const directory = join(world.folder, 'blobs');
  blobs = new BlobsServer({ directory, token: 'token' });
  const { port } = await blobs.start();
  const url = `http://127.0.0.1:${port}`;
  const context = { siteID: 'site', edgeURL: url, uncachedEdgeURL: url };
  Object.assign(blog.environment, {
    NETLIFY_AUTH_TOKEN: 'token',
    NETLIFY_BLOBS_CONTEXT: Buffer.from(JSON.stringify(context)).toString('base64'),
  });
});
afterEach(async () => {
  await blog?.close();
  await blobs?.stop();
  await peer?.stop();
  await world?.close();
});

const data = () => String(blog.environment.POSTERN_DATA);
const post = (key: string) => `${blog.origin}/ap/posts/${key}.json`;
const actor = () => `${blog.origin}/ap/actor.json`;
/** Of one that is away until the end. */
let awayPort: number;
const away = () => `http://127.0.0.1:${awayPort}/inbox`;
const SAID = author('r');

/** What others did before: made in a file of its own, which no command has open. */
async function makeStore(): Promise<void> {
  awayPort = await freePort();
  mkdirSync(data(), { recursive: true, mode: 0o700 });
  const store = openSqliteStore(join(data(), 'postern.db'));
  const since = '2026-01-01T00:00:00Z';
  await store.followers.put({ actor: away(), inbox: away(), followId: `${away()}#follow`, since });
  const at = { target: post('old'), inReplyTo: post('old') };
  await store.interactions.put(interaction('held', { ...at, state: 'held', reason: 'first' }), SAID);
  await store.interactions.put(interaction('shown', { ...at, content: content('Well said') }), SAID);
  await store.interactions.put(interaction('like', { target: post('old'), kind: 'like' }), SAID);
  const followed = 'https://social.example/users/ann';
  await store.following.put({ actor: followed, state: 'accepted', activity: `${followed}#accept`, at: since });
  await store.inbound.markSeen(`${followed}#seen`, Date.now());
  await store.close();
}

/** What must be the same wherever the blog is. */
async function seen(store: Store): Promise<unknown> {
  const { items } = await store.interactions.list({ limit: 100 });
  return {
    followers: await collect(store.followers.all()),
    said: items.map(({ id, state, reason }) => [id, state, reason]).toSorted(),
    following: await collect(store.following.all()),
    isSeen: await store.inbound.seen('https://social.example/users/ann#seen'),
    secret: await store.notifications.secret(() => 'ab'.repeat(16)),
    waiting: (await store.deliveries.troubled({ limit: 9 })).map(({ host, pending }) => [host, pending]),
  };
}

/** What the peer was told by the blog, in the order in which it came: type and object, once for each time that it came. */
const told = () =>
  peer.events.flatMap((event) =>
    event.event === 'activity' && event.actor === actor() && event.type !== 'Accept'
      ? [`${event.type} ${event.object.replace(blog.origin, '')}`]
      : [],
  );

const arrives = (what: string) => until(what, () => (told().includes(what) ? true : undefined));

async function statusOf(url: string): Promise<number> {
  const before = peer.events.length;
  peer.ask({ command: 'fetch', url });
  return until(`an answer for ${url}`, () => {
    const found = peer.events.slice(before).find((event) => event.event === 'fetched' && event.url === url);
    return found?.event === 'fetched' ? found.status : undefined;
  });
}

/** The site as the host of files has it. */
const build = () => blog.run('build', '--quiet', '--output', join(data(), 'site'));

interface Functions {
  publish(): Promise<unknown>;
  close(): Promise<void>;
}

async function startFunctions(): Promise<Functions> {
  const child = fork(fileURLToPath(new URL('./blobs-host.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env: blog.environment,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const message = () => new Promise<unknown>((done) => child.once('message', done));
  expect(await message()).toBe('ready');
  return {
    publish: () => {
      const answer = message();
      child.send('publish');
      return answer;
    },
    close: async () => {
      const gone = new Promise<void>((done) => child.once('exit', () => done()));
      child.disconnect();
      await gone;
    },
  };
}

const write = (key: string) => blog.write(`posts/${key}.md`, postFile(key, `Text of ${key}.`, `id: ${key}\n`));

test('from a server of one’s own to Netlify and back: who follows sees the next post, once, and nothing else', async () => {
  await makeStore();
  blog.write('posts/old.md', postFile('Old', 'Before.', 'id: old\n'));
  await blog.run('publish');
  await blog.start();
  peer.ask({ command: 'follow', id: actor(), followId: `${peerOrigin}/follows/1` });
  await peer.activity('Accept');
  await blog.stopServer();
  for (const key of ['kept', 'removed']) write(key);
  await blog.run('publish');
  blog.remove('posts/removed.md');
  await blog.run('publish');
  const first = ['Create /ap/posts/kept.json', 'Create /ap/posts/removed.json', 'Delete /ap/posts/removed.json'];
  await until('what was published', () => (told().length === 3 ? true : undefined));
  expect(told().toSorted()).toEqual(first);
  const keys = readFileSync(join(data(), 'keys.json'), 'utf8');
  const document = readFileSync(join(data(), 'site/ap/actor.json'), 'utf8');

  // Out: to Netlify.
  const out = join(world.folder, 'out.tar.gz');
  await blog.run('export', out);
  const own = openSqliteStore(join(data(), 'postern.db'));
  const before = await seen(own);
  await own.close();
  expect(before).toMatchObject({ waiting: [[`127.0.0.1:${awayPort}`, expect.any(Number)]] });
  rmSync(data(), { recursive: true });
  const backup = await openRestorable(out, { temporaryFolder: join(world.folder, 'unpacked') });
  mkdirSync(data(), { mode: 0o700 });
  for (const name of ['keys.json', 'owner.json']) copyFileSync(join(backup.folder, name), join(data(), name));
  await backup.close();
  // As a new clone has it: the keys alone, and nothing of the store.
  expect(await blog.run('restore', out, '--netlify', 'site')).toMatch(
    /restored the store of the site site[\s\S]*env:set/,
  );
  const twice = await runCommand('restore', [out, '--netlify', 'site'], blog.environment);
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('has a ledger already')]);
  await build();
  const functions = await startFunctions();
  const site = openSiteStore('site', blog.environment);
  expect(await seen(site)).toEqual(before);
  expect(await functions.publish()).toEqual({ sent: 0, held: [] });
  expect([await statusOf(post('removed')), await statusOf(post('kept'))]).toEqual([410, 200]);
  write('next');
  await build();
  expect(await functions.publish()).toEqual({ sent: 1, held: [] });
  await arrives('Create /ap/posts/next.json');
  await functions.close();
  const back = join(world.folder, 'back.tar.gz');
  await blog.run('export', back, '--netlify', 'site');
  expect(told()).toHaveLength(4);

  // And back to a server of one's own.
  rmSync(data(), { recursive: true });
  expect(await blog.run('restore', back)).toContain('restored');
  expect(await blog.run('plan')).toContain('nothing to send');
  const again = openSqliteStore(join(data(), 'postern.db'));
  expect(await seen(again)).toMatchObject({
    ...Object(before),
    waiting: [[`127.0.0.1:${awayPort}`, expect.any(Number)]],
  });
  await again.close();
  expect(readFileSync(join(data(), 'keys.json'), 'utf8')).toBe(keys);
  const came: string[] = [];
  const late = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { type, object } = JSON.parse(text);
    came.push(`${type} ${String(object.id ?? object).replace(blog.origin, '')}`);
    response.writeHead(202).end();
  });
  await new Promise<void>((done) => late.listen(awayPort, '127.0.0.1', done));
  write('last');
  await blog.run('publish');
  await arrives('Create /ap/posts/last.json');
  await blog.run('deliveries', '--retry-all');
  await blog.start();
  await until('what waited all the time', () => (came.length >= 3 ? true : undefined));
  expect(readFileSync(join(data(), 'site/ap/actor.json'), 'utf8')).toBe(document);
  expect(await statusOf(post('removed'))).toBe(410);
  await blog.stopServer();
  late.closeAllConnections();
  late.close();
  const all = [...first, 'Create /ap/posts/next.json', 'Create /ap/posts/last.json'];
  expect(told().toSorted()).toEqual(all.toSorted());
  // Its Create never arrived, so a Delete made it pointless; each of the others came once.
  expect(came.filter((each) => !each.includes('removed')).toSorted()).toEqual(
    all.filter((each) => !each.includes('removed')).toSorted(),
  );
});

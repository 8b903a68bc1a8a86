import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Peer, startPeer } from '../../scripts/demo/forked-peer.ts';
import { Blog } from '../../scripts/demo/loopback-blog.ts';
import type { Answering, PeerEvent } from '../../scripts/demo/peer-messages.ts';
import { createWorld, forkCommand, PROJECT, type Ran, runCommand, stop, type World } from '../../scripts/demo/world.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

/** Ninety seconds later: leases of processes that died have run out. */
const LATER = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent('const now=Date.now;Date.now=()=>now()+90000')}`,
};

type Json = Record<string, unknown>;

let world: World;
let peer: Peer;
let peerOrigin: string;
let blog: Blog;
let actor: string;
let follows = 0;

beforeAll(async () => {
  world = await createWorld('postern-publish-');
  ({ peer, origin: peerOrigin } = await startPeer(world));
});
afterAll(async () => {
  await peer?.stop();
  await world?.close();
});
beforeEach(async () => {
  blog = await Blog.create(world);
  actor = `${blog.origin}/ap/actor.json`;
});
afterEach(async () => {
  await answer('take');
  await blog.close();
});

function arrived(type: string): Extract<PeerEvent, { event: 'activity' }>[] {
  return peer.activities(type).filter((activity) => activity.actor === actor);
}

/** Waits for the `n`-th activity of this type from this blog; Fedify has verified it. */
function arrival(type: string, n = 1): Promise<Json> {
  return until(`${type} ${n} of ${actor}`, () => arrived(type)[n - 1]?.json as Json | undefined);
}

/** The ids that came to the peer's inbox in activities of this type, verified or not, once each. */
function postedIds(type: string): string[] {
  const ids = peer.events.flatMap((event) =>
    event.event === 'posted' && event.type === type && event.actor === actor ? [event.id] : [],
  );
  return [...new Set(ids)];
}

async function answer(how: Answering): Promise<void> {
  const before = peer.events.length;
  peer.ask({ command: 'answer', how });
  await until('the peer to obey', () => peer.events.slice(before).find(({ event }) => event === 'answering'));
}

async function follow(n = 1): Promise<string> {
  follows += 1;
  const followId = `${peerOrigin}/follows/${follows}`;
  peer.ask({ command: 'follow', id: actor, followId });
  await arrival('Accept', n);
  return followId;
}

function publish(args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return runCommand('publish', args, { ...blog.environment, ...more });
}

async function published(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await publish(['--json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function writePost(file: string, id: string, body: string, more = ''): void {
  blog.write(file, `---\ntitle: ${id}\nid: ${id}\ndate: ${new Date().toISOString()}\n${more}---\n\n${body}\n`);
}

function get(path: string, accept = 'text/html'): Promise<Response> {
  return fetch(`http://127.0.0.1:${blog.environment.PORT}${path}`, { headers: { accept } });
}

const objectOf = (activity: Json): Json => activity.object as Json;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

test('without a server the command delivers: a Note with hashtag and picture, an unlisted post, and no private one', async () => {
  await blog.start();
  await follow();
  await blog.stopServer();
  mkdirSync(join(blog.content, 'media'));
  copyFileSync(join(PROJECT, 'content/media/postern-gate.png'), join(blog.content, 'media/gate.png'));
  const date = new Date().toISOString();
  blog.write('notes/n.md', `---\nid: n\ndate: ${date}\n---\nLook. #gate\n\n![A small gate](/media/gate.png)\n`);
  const first = await published();
  expect(first).toMatchObject({ deliveries: 1, deliveriesNow: { byServer: false, delivered: 1, pending: 0 } });
  const note = objectOf(await arrival('Create'));
  expect(note).toMatchObject({ id: `${blog.origin}/ap/notes/n.json`, type: 'Note', to: [PUBLIC] });
  expect(listOf(note.cc)).toContain(`${blog.origin}/ap/followers`);
  expect(JSON.stringify(note.tag)).toContain('#gate');
  expect(listOf(note.attachment)).toMatchObject([{ url: `${blog.origin}/media/gate.png`, name: 'A small gate' }]);

  writePost('posts/quiet.md', 'quiet', 'For who follows.', 'visibility: unlisted\n');
  writePost('posts/local.md', 'local', 'Only on the site.', 'federate: false\n');
  expect((await published()).activities).toHaveLength(1);
  const quiet = objectOf(await arrival('Create', 2));
  expect(quiet.id).toBe(`${blog.origin}/ap/posts/quiet.json`);
  expect(listOf(quiet.to)).toEqual([`${blog.origin}/ap/followers`]);
  expect(listOf(quiet.cc)).toEqual([PUBLIC]);
  expect((await publish()).stdout).toContain('nothing to send');

  await blog.start();
  expect(await (await get('/posts/local/')).text()).toContain('Only on the site.');
  for (const path of ['/ap/outbox.json', '/ap/featured.json', '/ap/manifest.json'])
    expect(await (await get(path)).text()).not.toContain('local.json');
  expect((await get('/ap/posts/local.json', 'application/activity+json')).status).toBe(404);
  expect(postedIds('Create')).toHaveLength(2);
});

test('with a server running it delivers: an edited profile, and nothing more to who unfollowed', async () => {
  await blog.start();
  const followId = await follow();
  const followers = JSON.parse(await blog.run('followers', '--json'));
  expect(followers).toMatchObject({ total: 1, followers: [{ actor: `${peerOrigin}/users/reader` }] });
  blog.write('profile.md', '---\nusername: blog\nname: Another name\nlanguage: en\n---\nA new bio.\n');
  expect(await published()).toMatchObject({ deliveriesNow: { byServer: true, delivered: 1, pending: 0 } });
  expect(objectOf(await arrival('Update'))).toMatchObject({ id: actor, name: 'Another name' });

  peer.ask({ command: 'unfollow', id: actor, followId });
  await until('the follower to be gone', async () => {
    const { totalItems } = await (await get('/ap/followers', 'application/activity+json')).json();
    return totalItems === 0 ? true : undefined;
  });
  writePost('posts/unheard.md', 'unheard', 'Nobody gets this.');
  expect(await published()).toMatchObject({ deliveries: 0, followers: 0 });
  // What is sent later arrives later: had the Create been sent, it would be there.
  await follow(2);
  expect(postedIds('Create')).toEqual([]);
});

test('a publish killed while a slow server has the request → the next one finishes with the same id', async () => {
  await blog.start();
  await follow();
  await blog.stopServer();
  await answer('hang');
  writePost('posts/slow.md', 'slow', 'Sent twice, said once.');
  const child = forkCommand('publish', [], blog.environment);
  const id = await until('the first try', () => postedIds('Create')[0]);
  await stop(child, 'SIGKILL');
  await answer('take');
  expect(arrived('Create')).toHaveLength(0);
  const { code, stdout } = await publish(['--json'], LATER);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).deliveriesNow).toMatchObject({ delivered: 1, pending: 0 });
  expect(await arrival('Create')).toMatchObject({ id });
  expect(postedIds('Create')).toEqual([id]);
  expect((await publish([], LATER)).stdout).toContain('nothing to send');
  expect(arrived('Create')).toHaveLength(1);
});

test('server and publish killed while a slow server has the request → the next start finishes with the same id', async () => {
  await blog.start();
  await follow();
  await answer('hang');
  writePost('posts/slow.md', 'slow', 'Sent twice, said once.');
  const child = forkCommand('publish', [], blog.environment);
  const id = await until('the first try', () => postedIds('Create')[0]);
  await Promise.all([stop(child, 'SIGKILL'), blog.stopServer('SIGKILL')]);
  await answer('take');
  Object.assign(blog.environment, LATER);
  await blog.start();
  expect(await arrival('Create')).toMatchObject({ id });
  expect(postedIds('Create')).toEqual([id]);
});

test('a server that stops while a slow peer has the request → it ends, and the next start finishes with the same id', async () => {
  await blog.start();
  await follow();
  await answer('hang');
  writePost('posts/slow.md', 'slow', 'Taken at last.');
  const child = forkCommand('publish', [], blog.environment);
  try {
    await until('the first try', () => postedIds('Create')[0]);
    await blog.stopServer('SIGINT');
  } finally {
    await stop(child, 'SIGKILL');
  }
  await answer('take');
  Object.assign(blog.environment, LATER);
  await blog.start();
  expect(await arrival('Create')).toMatchObject({ id: postedIds('Create')[0] });
  expect(postedIds('Create')).toHaveLength(1);
});

test('a removal → 404, Tombstone and Delete; its id is never used again; many removals wait for a word', async () => {
  await blog.start();
  await follow();
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const id of ids) writePost(`posts/${id}.md`, id, `The text of ${id}.`);
  await published();
  await arrival('Create', ids.length);

  blog.remove('posts/a.md');
  await published();
  const object = `${blog.origin}/ap/posts/a.json`;
  expect(objectOf(await arrival('Delete'))).toMatchObject({ id: object, type: 'Tombstone' });
  expect((await get('/posts/a/')).status).toBe(404);
  const gone = await get('/ap/posts/a.json', 'application/activity+json');
  expect([gone.status, await gone.json()]).toMatchObject([410, { id: object, type: 'Tombstone' }]);

  writePost('posts/a.md', 'a', 'The text of a.');
  const restored = await publish();
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  expect(restored.stdout).toMatch(/\+ Create Article "a" {2}posts\/a\.md\n.*a-2/);
  expect(objectOf(await arrival('Create', ids.length + 1)).id).toBe(`${blog.origin}/ap/posts/a-2.json`);

  for (const id of ids.slice(1)) blog.remove(`posts/${id}.md`);
  const held = await publish();
  expect(held.code).toBe(3);
  expect(held.stdout).toContain('npm run publish -- --confirm shrunk');
  expect(arrived('Delete')).toHaveLength(1);
  await published('--confirm', 'shrunk');
  await arrival('Delete', ids.length);
  expect(postedIds('Delete')).toHaveLength(ids.length);
  expect(postedIds('Create')).toHaveLength(ids.length + 1);
});

test('another handle that nobody confirmed → it does not go live, with publish or start; confirmed, it does', async () => {
  await blog.start();
  const profile = readFileSync(join(blog.content, 'profile.md'), 'utf8');
  const username = /^username: (.*)$/m.exec(profile)?.[1] ?? '';
  const isKnown = async (name: string) => {
    const { host } = new URL(blog.origin);
    return (await get(`/.well-known/webfinger?resource=acct:${name}@${host}`, '*/*')).status === 200;
  };
  blog.write('profile.md', profile.replace(`username: ${username}`, 'username: renamed'));
  const held = await publish();
  expect([held.code, held.stdout]).toEqual([3, expect.stringContaining('this build was not put in its place')]);
  expect([await isKnown(username), await isKnown('renamed')]).toEqual([true, false]);
  await blog.stopServer();
  await blog.start();
  expect([await isKnown(username), await isKnown('renamed')]).toEqual([true, false]);
  await published('--confirm', 'identity-changed');
  expect([await isKnown(username), await isKnown('renamed')]).toEqual([false, true]);
});

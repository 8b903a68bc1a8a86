import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import { freePort } from '../../scripts/demo/world.ts';
import { type Peer, startPeer } from '../server/http/peer.ts';
import { createOwnBlog, git, type OwnBlog, postFile, whileServing } from './own-blog.ts';

const ONE = 'https://one.example';
const ACTIVITY = `${ONE}/ap/activities/create/1`;

let peer: Peer;
let blog: OwnBlog;
beforeEach(async () => {
  peer = await startPeer((_request, response) => response.writeHead(202).end());
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

/** The data folder of a blog that federates as `ONE`: it has a ledger, a follower, and a delivery that waits. */
async function useDataOfOne(): Promise<void> {
  await blog.makeStore(async (store) => {
    const { actor } = addressesOf(ONE);
    await store.ledger.begin({
      origin: ONE,
      actor: { id: actor, digest: 'd', revision: 0 },
      begun: '2026-01-01T00:00:00Z',
      objects: new Map(),
    });
    const ann = { actor: `${peer.origin}/ann`, inbox: `${peer.origin}/ann/inbox` };
    await store.followers.put({ ...ann, followId: `${ann.actor}#1`, since: '2026-01-01T00:00:00Z' });
    await store.activities.put({ id: ACTIVITY, type: 'Create', object: 'p', json: { id: ACTIVITY } }, { now: 0 });
    await store.deliveries.enqueue(ACTIVITY, [ann.inbox], { now: Date.now() });
  });
}

/** Nothing was posted or tried, and the ledger is as it was. */
async function expectUntouched(): Promise<void> {
  expect(peer.requests).toEqual([]);
  await blog.look(async (store) => {
    expect(await store.deliveries.ofActivity(ACTIVITY)).toMatchObject([{ state: 'pending', attempts: 0 }]);
    expect(await store.ledger.read()).toMatchObject({ version: 1, ledger: { origin: ONE } });
  });
}

async function expectNoWorker(): Promise<void> {
  await blog.look(async (store) => expect(await store.workers.alive(Date.now())).toEqual([]));
}

test('a local look has no baseline, publishes nothing and has no worker', async () => {
  blog = createOwnBlog({ PORT: String(await freePort()) });
  blog.write('posts/a.md', postFile('A', 'Text.'));
  expect(await blog.run('publish')).toMatchObject({ code: 0, stdout: expect.stringContaining('local look') });
  await whileServing(blog, async (url) => {
    expect((await fetch(`${url}/posts/a/`)).status).toBe(200);
    await expectNoWorker();
  });
  await blog.look(async (store) => expect(await store.ledger.read()).toBeUndefined());
}, 300_000);

test('a local look on a data folder that federates sends nothing that waits there', async () => {
  blog = createOwnBlog({ PORT: String(await freePort()) });
  blog.write('posts/a.md', postFile('A', 'Text.'));
  await useDataOfOne();
  expect((await blog.run('publish')).code).toBe(3);
  await whileServing(blog, expectNoWorker);
  await expectUntouched();
}, 300_000);

test('a build for another origin is held, and what waits is not sent under its name', async () => {
  // The switch lets it reach the peer on loopback: nothing but the origin keeps it from sending.
  const settings = { POSTERN_ORIGIN: 'https://two.example', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' };
  blog = createOwnBlog({ PORT: String(await freePort()), ...settings });
  blog.write('posts/a.md', postFile('A', 'Text.'));
  await useDataOfOne();
  const published = await blog.run('publish', '--json');
  expect(published.code).toBe(3);
  expect(JSON.parse(published.stdout)).toMatchObject({ activities: [], holds: [{ code: 'other-origin' }] });
  await whileServing(blog, expectNoWorker);
  await expectUntouched();
}, 300_000);

test('a publish or a start for another origin, or of a local look, leaves the site that is live', async () => {
  blog = createOwnBlog({ PORT: String(await freePort()), POSTERN_ORIGIN: ONE });
  blog.write('posts/a.md', postFile('A', 'Text.'));
  expect((await blog.run('publish')).code).toBe(0);
  const actor = () => readFileSync(join(blog.data, 'site/ap/actor.json'), 'utf8');
  const live = actor();
  expect(live).toContain(addressesOf(ONE).actor);
  for (const POSTERN_ORIGIN of ['https://two.example', '']) {
    blog.environment.POSTERN_ORIGIN = POSTERN_ORIGIN;
    const published = await blog.run('publish');
    expect(published).toMatchObject({ code: 3, stdout: expect.stringContaining(`The site of ${ONE} stays live`) });
    expect(actor()).toBe(live);
    await whileServing(blog, async (url) => {
      expect(await (await fetch(`${url}/ap/actor.json`)).text()).not.toBe(live);
    });
    expect(actor()).toBe(live);
  }
}, 300_000);

test('a build of an older commit is held, and the same build of a newer one is sent', async () => {
  blog = createOwnBlog({ POSTERN_ORIGIN: 'https://two.example', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  git(blog, ['init', '-q', '-b', 'main']);
  const commit = (day: number) => {
    const at = `2026-11-0${day}T00:00:00Z`;
    git(blog, ['add', 'content']);
    git(blog, ['commit', '-q', '-m', 'x', '--allow-empty'], { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at });
  };
  await blog.run('publish');
  commit(1);
  blog.write('posts/a.md', postFile('A', 'Text.'));
  commit(2);
  expect(JSON.parse((await blog.run('publish', '--json')).stdout).activities).toHaveLength(1);

  git(blog, ['checkout', '-q', 'HEAD~1']);
  const rolledBack = await blog.run('publish', '--json');
  expect(rolledBack.code).toBe(3);
  expect(JSON.parse(rolledBack.stdout)).toMatchObject({ activities: [], holds: [{ code: 'older-build' }] });
  git(blog, ['checkout', '-q', 'main']);
  git(blog, ['rm', '-q', 'content/posts/a.md']);
  commit(3);
  expect(JSON.parse((await blog.run('publish', '--json')).stdout).activities).toHaveLength(1);
}, 300_000);

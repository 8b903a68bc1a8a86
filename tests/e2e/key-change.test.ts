import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/demo/world.ts';
import { createOwnBlog, type OwnBlog, postFile, whileServing } from '../invariants/own-blog.ts';
import { type CachingPeer, startCachingPeer } from '../remote/caching-peer.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
let peers: CachingPeer[];
let actor: string;
beforeEach(async () => {
  peers = await Promise.all([startCachingPeer('mastodon'), startCachingPeer('gotosocial')]);
  const PORT = String(await freePort());
  const origin = `http://127.0.0.1:${PORT}`;
  actor = `${origin}/ap/actor.json`;
  blog = createOwnBlog({ POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT });
  await blog.makeStore(async (store) => {
    for (const peer of peers) {
      const { actor: follower, inbox } = peer;
      await store.followers.put({ actor: follower, inbox, followId: `${follower}/f`, since: '2026-01-01T00:00:00Z' });
    }
  });
});
afterEach(async () => {
  for (const peer of peers) await peer.close();
  blog.remove();
});

const shownKey = (): unknown => JSON.parse(readFileSync(join(blog.data, 'site/ap/actor.json'), 'utf8')).publicKey.id;

test('keys change before the eyes of two servers that keep keys, each in its way: they take all, before, while and after', async () => {
  await blog.run('publish');
  const seen = async (n: number) => {
    await until(`${n} deliveries`, () => (peers.every(({ judged }) => judged.length >= n) ? true : undefined));
    return peers.map(({ judged }) => judged.slice(n - 1));
  };
  const both = (type: string, kid: string) => peers.map(() => [{ type, keyId: `${actor}#${kid}`, status: 202 }]);
  await whileServing(blog, async () => {
    blog.write('posts/a.md', postFile('A', 'Before.', 'id: a\n'));
    await blog.run('publish');
    expect(await seen(1)).toEqual(both('Create', 'main-key'));

    const made = await blog.run('keys', 'rotate', '--yes');
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain('made  main-key-2 and ed25519-key-2');
    expect(made.stdout).toMatch(/It takes 3,\d{3} of the 4,096 bytes/);
    for (const line of made.stdout.replaceAll(`${blog.folder}/`, '').split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);

    // Held: the site and what signs stay as they were, also for what is sent anew.
    blog.write('posts/b.md', postFile('B', 'While.', 'id: b\n'));
    expect((await blog.run('publish')).stdout).toContain('held identity-changed');
    expect(shownKey()).toBe(`${actor}#main-key`);
    expect((await blog.run('publish', '--confirm', 'identity-changed')).code).toBe(0);
    expect(shownKey()).toBe(`${actor}#main-key-2`);
    await seen(3);
    for (const { judged } of peers) {
      const since = judged.slice(1);
      expect(since.find(({ type }) => type === 'Update')).toEqual(both('Update', 'main-key')[0]?.[0]);
      expect(since.find(({ type }) => type === 'Create')).toEqual(both('Create', 'main-key-2')[0]?.[0]);
    }
    expect((await blog.run('keys')).stdout).toMatch(/told {2}the change, to 2 inboxes, all there are/);

    expect((await blog.run('keys', 'retire', '--yes')).stdout).toContain('only main-key-2 and ed25519-key-2 are held');
    blog.write('posts/c.md', postFile('C', 'After.', 'id: c\n'));
    await blog.run('publish');
    expect(await seen(4)).toEqual(both('Create', 'main-key-2'));
  });
  expect(peers.flatMap(({ judged }) => judged).filter(({ status }) => status !== 202)).toEqual([]);
});

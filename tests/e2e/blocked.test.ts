import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/demo/world.ts';
import { createOwnBlog, type OwnBlog, whileServing } from '../invariants/own-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
beforeEach(() => {
  blog = createOwnBlog({ POSTERN_ORIGIN: 'http://127.0.0.1:9', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
});
afterEach(() => blog.remove());

const follower = (host: string) => ({
  actor: `https://${host}/users/ann`,
  handle: `@ann@${host}`,
  inbox: `https://${host}/inbox`,
  followId: `https://${host}/follow`,
  since: '2026-01-01T00:00:00Z',
});

test('what new blocks make go: plan says it, publish does it and says it, and then there is nothing to say', async () => {
  await blog.makeStore(async (store) => {
    for (const host of ['kind.example', 'spam.example']) await store.followers.put(follower(host));
  });
  expect(await blog.run('publish')).toMatchObject({ code: 0 });
  expect((await blog.run('plan')).stdout).not.toContain('blocked');
  await blog.run('blocks', 'add', 'spam.example');
  expect((await blog.run('plan')).stdout).toContain('blocked 1 follower goes with the next publish; nobody is told\n');
  expect(JSON.parse((await blog.run('plan', '--json')).stdout).drops.followers).toEqual(['@ann@spam.example']);
  expect((await blog.run('publish')).stdout).toContain('blocked 1 follower of 1 account is gone\n');
  for (const name of ['plan', 'publish']) expect((await blog.run(name)).stdout).not.toContain('blocked');
  expect((await blog.run('followers')).stdout).toContain('1 follower\n');
});

test('npm start says what new blocks made go', async () => {
  const PORT = String(await freePort());
  Object.assign(blog.environment, { PORT, POSTERN_ORIGIN: `http://127.0.0.1:${PORT}` });
  await blog.makeStore((store) => store.followers.put(follower('spam.example')));
  await blog.run('publish');
  await blog.run('blocks', 'add', 'spam.example');
  const printed = await whileServing(blog, async () => {
    await until('the follower to be gone', async () =>
      (await blog.look((s) => s.followers.count())) === 0 ? true : undefined,
    );
  });
  expect(printed).toContain('blocked 1 follower of 1 account is gone\n');
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, type OwnBlog, postFile } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const ORIGIN = 'https://blog.example';
const ID = `${ORIGIN}/ap/posts/first.json`;

let blog: OwnBlog;
let well: LoopbackPeer;
let ill: LoopbackPeer;
let dead: LoopbackPeer;
beforeEach(async () => {
  [well, ill, dead] = await Promise.all([startLoopbackPeer(), startLoopbackPeer(), startLoopbackPeer()]);
  ill.answer = () => 503;
  dead.answer = () => 403;
  blog = createOwnBlog({ POSTERN_ORIGIN: ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  await blog.makeStore(async (store) => {
    for (const { actor, inbox, id } of [well, ill, dead])
      await store.followers.put({ actor, inbox, followId: id('follow'), since: '2026-01-01T00:00:00Z' });
  });
});
afterEach(async () => {
  await Promise.all([well, ill, dead].map((peer) => peer.close()));
  blog.remove();
});

const hostOf = ({ inbox }: LoopbackPeer): string => new URL(inbox).host;

test('receipts and deliveries: what arrived, waits and is dead, by server; a retry makes it due', async () => {
  blog.write('posts/before.md', postFile('Before', 'Was there.'));
  await blog.run('publish');
  expect((await blog.run('receipts')).stdout).toContain('Nothing was sent yet');
  expect((await blog.run('deliveries')).stdout).toContain('No deliveries');
  blog.write('posts/later.md', postFile('Later', 'Text.', '', '2999-01-02T12:00:00Z'));
  blog.write('posts/a-first.md', postFile('The first', 'Text.', 'id: first\n'));
  const published = await blog.run('publish');
  expect(published.stdout).toMatch(/1 delivery made, 1 refused for good, 1 to be tried again, next at/);
  expect(published.stdout).toMatch(/next {2}.*, 1 delivery to be tried again; a server does that \(npm start\)/);

  const { stdout } = await blog.run('receipts', 'first');
  for (const way of ['a-first', 'The first', 'posts/a-first.md', ID, `${ORIGIN}/posts/a-first/`])
    expect(await blog.run('receipts', way)).toEqual({ code: 0, stdout, stderr: '' });
  expect(stdout).toContain(`"The first"  posts/a-first.md\n  ${ID}\n`);
  expect(stdout).toMatch(new RegExp(`  ${hostOf(well)}\n    ✓ Create  delivered 202 at `));
  expect(stdout).toMatch(new RegExp(`  ${hostOf(ill)}\n    … Create  waits, HTTP 503 after 1 attempt, next at `));
  expect(stdout).toMatch(new RegExp(`  ${hostOf(dead)}\n    ✗ Create  given up at .*: HTTP 403\n`));
  expect(stdout).toMatch(/\n1 delivered, 1 waiting, 1 dead\n$/);
  const json = JSON.parse((await blog.run('receipts', 'first', '--json')).stdout);
  expect(json).toMatchObject({
    post: { id: ID },
    folded: [],
    totals: { delivered: 1, waiting: 1, dead: 1, superseded: 0 },
  });
  expect(json.deliveries).toHaveLength(3);
  expect((await blog.run('receipts', 'profile.md')).stdout).toContain('"the blog itself"  profile.md');
  const later = await blog.run('receipts', 'posts/later.md');
  expect([later.code, later.stderr]).toEqual([0, '']);
  expect(later.stdout).toMatch(
    /^"Later" {2}posts\/later\.md\n.*later\.json\nNot sent yet: it waits .*, until 2999-01-0\d \d\d:\d\d\n$/,
  );
  expect((await blog.run('receipts', 'before')).stdout).toContain('it was not sent');
  expect((await blog.run('receipts')).stdout).toMatch(
    /^\d{4}-\d\d-\d\d {2}"The first" {2}posts\/a-first\.md\n +1 delivered, 1 waiting, 1 dead\n/,
  );

  const queue = await blog.run('deliveries');
  expect(queue.stdout).toContain('3 deliveries: 1 delivered, 1 waiting, 1 given up\n');
  expect(queue.stdout).toContain(`  ${hostOf(ill)}  1 waiting\n      last answer: HTTP 503\n`);
  expect(queue.stdout).toContain(`  ${hostOf(dead)}  1 given up\n      last answer: HTTP 403\n`);
  expect(queue.stdout).toContain('no server runs');
  expect((await blog.run('plan')).stdout).toMatch(/1 delivery of earlier publishes waits for a retry, next at/);

  const nobody = (await blog.run('deliveries', '--retry', 'nobody.example')).stdout;
  expect(nobody).toContain('Nothing to nobody.example waits');
  for (const peer of [ill, dead]) expect(nobody).toContain(hostOf(peer));
  const port = await blog.run('deliveries', '--retry', new URL(dead.inbox).port);
  expect([port.code, port.stderr]).toEqual([2, expect.stringContaining(`such as ${hostOf(dead)}.`)]);
  dead.answer = () => 202;
  const retried = await blog.run('deliveries', '--retry', dead.inbox);
  expect(retried.stdout).toContain(`due 1 delivery to ${hostOf(dead)}\n`);
  ill.answer = () => 202;
  expect(JSON.parse((await blog.run('deliveries', '--retry-all', '--json')).stdout)).toMatchObject({
    retried: expect.any(Number),
  });
  await blog.run('publish');
  expect(JSON.parse((await blog.run('deliveries', '--json')).stdout)).toMatchObject({
    counts: { delivered: 3, pending: 0, failed: 0 },
    hosts: [],
  });
});

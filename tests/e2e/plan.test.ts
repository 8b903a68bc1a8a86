import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, type OwnBlog, PROFILE, postFile, whileServing } from '../invariants/own-blog.ts';
import { startPeer } from '../server/http/peer.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const ORIGIN = 'https://blog.example';
const object = (key: string) => `${ORIGIN}/ap/posts/${key}.json`;

let blog: OwnBlog;
let peer: LoopbackPeer;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  blog = createOwnBlog({ POSTERN_ORIGIN: ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  const { actor, inbox } = peer;
  const follower = { actor, inbox, followId: peer.id('follow'), since: '2026-01-01T00:00:00Z' };
  await blog.makeStore((store) => store.followers.put(follower));
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

function write(...keys: string[]): void {
  for (const key of keys) blog.write(`posts/${key}.md`, postFile(`Post ${key}`, `Text of ${key}.`, `id: ${key}\n`));
}

test('holds: one post is released by its file, the rest by its code; a name of nothing lists what is held', async () => {
  blog.write('profile.md', PROFILE.replace('language: en', 'language: en\nholds: { creates: 1 }'));
  await blog.run('publish');
  write('a', 'b', 'c');
  const wrong = await blog.run('publish', '--confirm', 'posts/a.md,nothing');
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('"nothing" is neither a hold nor a post');
  expect(wrong.stderr).toMatch(/Held now: many-creates \(posts\/.*posts\/c\.md\)/);
  expect(existsSync(join(blog.data, 'site/posts/a'))).toBe(false);

  const one = await blog.run('publish', '--confirm', 'posts/a.md');
  expect(one.code).toBe(3);
  expect(one.stdout).toContain('+ Create Article "Post a"  posts/a.md');
  expect(one.stdout).toContain('! held many-creates');
  expect(one.stdout).toContain('1 activity to 1 follower on 1 server: 1 delivery made');
  expect(peer.arrived).toHaveLength(1);

  expect((await blog.run('publish', '--confirm', 'many-creates')).code).toBe(0);
  expect(peer.arrived).toHaveLength(3);
  // The same command again: what is released already is no slip of the pen.
  const again = await blog.run('publish', '--confirm', 'many-creates,b');
  expect([again.code, again.stderr]).toEqual([
    0,
    'note  nothing is held for many-creates\nnote  nothing is held for b\n',
  ]);
  expect(peer.arrived).toHaveLength(3);
});

test('a delay is shown and kept, quiet changes are noted, --now does not wait', async () => {
  blog.write('profile.md', PROFILE.replace('language: en', 'language: en\nsendAfter: 1h'));
  await blog.run('publish');
  write('a');
  blog.write('posts/q.md', postFile('Quiet', 'Text.', 'federate: silent\n'));
  blog.write('posts/later.md', postFile('Later', 'Text.', '', '2999-01-02T08:00:00Z'));
  const planned = await blog.run('plan');
  expect(planned.stdout).toMatch(/\n {2}= quiet Article "Quiet" {2}posts\/q\.md\n/);
  expect(planned.stdout).toMatch(/\n {2}· waits until 2999-01-0\d \d\d:\d\d: "Later" {2}posts\/later\.md\n/);
  expect(planned.stdout).toMatch(/\nsends at .*\d\d:\d\d .*--now does not wait\n/);

  const first = await blog.run('publish');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/next {2}what is planned goes out at .*, 1 post waits until 2999.*; a server does that/);
  const { sendAt } = JSON.parse((await blog.run('publish', '--json')).stdout);
  // In whole seconds, rounded up.
  expect(Date.parse(sendAt) - Date.now()).toBeLessThanOrEqual(3_601_000);
  expect(peer.arrived).toEqual([]);

  const now = await blog.run('publish', '--now');
  expect(now.stdout).toContain('1 quiet change');
  expect(now.stdout).not.toContain('sends at');
  expect(peer.arrived).toHaveLength(1);
  expect((await blog.run('plan')).stdout).toContain('nothing to send');
});

test('--against a running server: from its ledger alone, without a data folder, as text, JSON and Markdown', async () => {
  const port = String(await freePort());
  blog.environment.PORT = port;
  write('old');
  const other = { ...blog.environment };
  await whileServing(blog, async (url) => {
    write('new');
    blog.write('posts/hostile.md', postFile('"@all </b> | ``` [x](y)"', 'Text.'));
    blog.environment.POSTERN_DATA = join(blog.folder, 'elsewhere');
    const text = await blog.run('plan', '--against', url);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toContain(`plan for ${ORIGIN}, compared with the ledger of ${url}`);
    expect(text.stdout).toContain('+ Create Article "Post new"  posts/new.md');
    expect(text.stdout).not.toContain('Post old');
    const json = JSON.parse((await blog.run('plan', '--against', url, '--json')).stdout);
    expect(json).toMatchObject({ against: url, federates: true, activities: [{ type: 'Create' }, { type: 'Create' }] });
    expect(json).not.toHaveProperty('followers');
    const markdown = await blog.run('plan', '--against', `${url}/`, '--markdown', '--exit-code');
    expect(markdown.code).toBe(4);
    expect(markdown.stdout).toContain(`Compared with the ledger of \`${url}\``);
    expect(markdown.stdout).toContain('- **Create** Article ````@all </b> | ``` [x](y)```` in `posts/hostile.md`');
    expect(existsSync(join(blog.folder, 'elsewhere'))).toBe(false);
  });
  Object.assign(blog.environment, other);
  // The same as the store of this machine says.
  const { activities } = JSON.parse((await blog.run('plan', '--json')).stdout);
  expect(activities.map(({ entry }: { entry: { id: string } }) => entry.id)).toContain(object('new'));
});

test('--against: what was deleted there and is here again is planned under its new id', async () => {
  blog.environment.PORT = String(await freePort());
  write('a', 'b');
  await blog.run('publish');
  rmSync(join(blog.content, 'posts/a.md'));
  await blog.run('publish');
  await whileServing(blog, async (url) => {
    write('a');
    blog.environment.POSTERN_DATA = join(blog.folder, 'elsewhere');
    const { activities, holds } = JSON.parse((await blog.run('plan', '--against', url, '--json')).stdout);
    expect(holds).toEqual([]);
    expect(activities).toMatchObject([{ type: 'Create', entry: { id: object('a-2'), restores: object('a') } }]);
  });
});

test('an older post of the same name is imported → quiet, and what was published keeps its id, here and --against', async () => {
  blog.environment.PORT = String(await freePort());
  blog.write('posts/b.md', postFile('Post b', 'Text of b.'));
  await blog.run('publish');
  blog.write('posts/hello.md', postFile('Hello', 'What people answer to.'));
  await blog.run('publish');
  await whileServing(blog, async (url) => {
    mkdirSync(join(blog.content, 'posts/2020'));
    blog.write('posts/2020/hello.md', '---\ntitle: Hello of old\ndate: 2020-03-04\n---\nSomething else.\n');
    for (const args of [[], ['--against', url]]) {
      const { activities, holds, quiet } = JSON.parse((await blog.run('plan', '--json', ...args)).stdout);
      expect([activities, holds]).toEqual([[], []]);
      expect(quiet).toMatchObject([{ entry: { id: object('hello-2020-03-04'), source: 'posts/2020/hello.md' } }]);
      blog.environment.POSTERN_DATA = join(blog.folder, 'elsewhere');
    }
  });
});

test('--against what cannot be had: which address and why, exit 1; with --lenient 0', async () => {
  write('a');
  const site = join(blog.folder, 'site');
  await blog.run('build', '--output', site);
  rmSync(blog.data, { recursive: true });
  const answers: [number, string][] = [];
  const server = await startPeer((_, response) => {
    const [status, body] = answers[0] ?? [200, ''];
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:9/' } : {}).end(body);
  });
  const plan = (...args: string[]) => blog.run('plan', '--against', server.origin, '--site', site, ...args);
  try {
    for (const [answer, why] of [
      [[200, '<html>'], 'no JSON'],
      [[500, ''], 'answers 500'],
      [[302, ''], 'redirects to http://127.0.0.1:9/'],
      [[200, '{"version":1}'], 'cannot be read'],
    ] as [[number, string], string][]) {
      answers[0] = answer;
      const { code, stdout, stderr } = await plan();
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`${server.origin}/ap/ledger`);
      expect(stderr.replace(/\s+/g, ' ')).toContain(why);
      expect(stderr).toMatch(/^next {2}/m);
    }
    const lenient = await plan('--lenient', '--markdown', '--exit-code');
    expect([lenient.code, lenient.stderr]).toEqual([0, '']);
    expect(lenient.stdout).toContain('No plan: The ledger at');
    answers[0] = [404, ''];
    const none = await plan('--markdown', '--exit-code');
    expect([none.code, none.stderr]).toEqual([0, '']);
    expect(none.stdout).toContain(
      'Federation has not begun there: the first publish takes what exists as the baseline',
    );
  } finally {
    await server.close();
  }
  expect(existsSync(blog.data)).toBe(false);
  blog.environment.POSTERN_ORIGIN = '';
  await blog.run('build', '--output', site);
  const local = await blog.run('plan', '--against', 'live', '--site', site);
  expect([local.code, local.stdout]).toEqual([1, '']);
  expect(local.stderr).toContain('has no origin yet');
});

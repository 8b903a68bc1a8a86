import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPeer } from '../../scripts/demo/forked-peer.ts';
import { Blog } from '../../scripts/demo/loopback-blog.ts';
import { createWorld } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, type OwnBlog, postFile } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const ORIGIN = 'https://blog.example';

let blog: OwnBlog;
let peer: LoopbackPeer;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  blog = createOwnBlog({ POSTERN_ORIGIN: ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  const { actor, inbox } = peer;
  const follower = {
    actor,
    inbox,
    followId: peer.id('follow'),
    handle: '@ann@peer.example',
    since: '2026-01-01T00:00:00Z',
  };
  await blog.makeStore((store) => store.followers.put(follower));
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

const file = (name: string): string => join(blog.folder, name);

test('a blog moved to another machine: every id, the followers and the history go along; nothing is sent anew', async () => {
  blog.write('posts/old.md', postFile('Old', 'Before.'));
  await blog.run('publish');
  for (const key of ['kept', 'removed'])
    blog.write(`posts/${key}.md`, postFile(key, `Text of ${key}.`, `id: ${key}\n`));
  await blog.run('publish');
  rmSync(join(blog.content, 'posts/removed.md'));
  await blog.run('publish');
  expect(peer.arrived.map(({ type }) => type)).toEqual(['Create', 'Create', 'Delete']);

  const exported = await blog.run('ledger', 'export', file('ledger.json'));
  expect([exported.code, exported.stderr]).toEqual([0, '']);
  expect(exported.stdout).toContain('1 post announced, 1 of the baseline, 1 deleted; 1 inbox');
  expect(exported.stdout).toContain('followers and keys are not in it');
  const followers = await blog.run('followers', 'export', file('followers.json'), '--full', '--json');
  expect(JSON.parse(followers.stdout)).toMatchObject({ followers: 1, leftOut: 0 });
  await blog.run('followers', 'export', file('followers.csv'));
  expect(readFileSync(file('followers.csv'), 'utf8')).toBe('Account address\nann@peer.example\n');
  for (const name of ['ledger.json', 'followers.json', 'followers.csv'])
    expect([name, statSync(file(name)).mode & 0o777]).toEqual([name, 0o600]);
  const before = await blog.look(async ({ ledger }) => (await ledger.read())?.ledger);

  // Into a store that has one: refused, whatever the file.
  const twice = await blog.run('ledger', 'restore', file('ledger.json'));
  expect([twice.code, twice.stdout]).toEqual([1, '']);
  expect(twice.stderr).toMatch(/has a ledger already[\s\S]*next .*new data\s+folder/);

  copyFileSync(join(blog.data, 'keys.json'), file('keys.json'));
  rmSync(blog.data, { recursive: true });
  mkdirSync(blog.data);
  copyFileSync(file('keys.json'), join(blog.data, 'keys.json'));
  const restored = await blog.run('ledger', 'restore', file('ledger.json'));
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  expect(restored.stdout).toContain(`restored ${ORIGIN}: 1 post announced, 1 of the baseline, 1 deleted; 1 inbox`);
  expect(await blog.look(async ({ ledger }) => (await ledger.read())?.ledger)).toEqual(before);
  const imported = await blog.run('followers', 'import', file('followers.json'));
  expect([imported.code, imported.stdout]).toEqual([0, 'imported 1 follower added\n']);
  expect((await blog.run('followers', 'import', file('followers.json'))).stdout).toContain(
    '0 followers added, 1 there already',
  );

  expect((await blog.run('plan')).stdout).toContain('nothing to send');
  rmSync(join(blog.content, 'posts/kept.md'));
  await blog.run('publish');
  expect(peer.arrived.map(({ type }) => type)).toEqual(['Create', 'Create', 'Delete', 'Delete']);
});

test('what is damaged, of another blog or not there is refused: the place is named and nothing is written', async () => {
  await blog.run('publish');
  await blog.run('ledger', 'export', file('ledger.json'));
  await blog.run('followers', 'export', file('followers.json'), '--full');
  const [ledger, followers] = ['ledger.json', 'followers.json'].map((name) => readFileSync(file(name), 'utf8'));
  rmSync(blog.data, { recursive: true });
  writeFileSync(file('cut.json'), ledger?.slice(0, -30) ?? '');
  writeFileSync(file('cut-followers.json'), followers?.replace('"inbox":"http', '"inbox":"gopher') ?? '');
  for (const [name, ...args] of [
    ['ledger', 'restore', file('cut.json'), 'is damaged, or it ends early, at line'],
    ['ledger', 'restore', file('none.json'), 'ENOENT'],
    ['followers', 'import', file('cut-followers.json'), 'follower 1 of 1: inbox'],
    ['followers', 'import', file('none.csv'), 'ENOENT'],
  ] as [string, string, string, string][]) {
    const why = args.pop() ?? '';
    const { code, stdout, stderr } = await blog.run(name, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replace(/\s+/g, ' ')).toContain(why);
    expect(stderr).toMatch(/^next {2}/m);
  }
  blog.environment.POSTERN_ORIGIN = 'https://other.example';
  for (const [name, work, from] of [
    ['ledger', 'restore', 'ledger.json'],
    ['followers', 'import', 'followers.json'],
  ] as const) {
    const { code, stderr } = await blog.run(name, work, file(from));
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`is of ${ORIGIN}, and this blog is https://other.example`);
  }
  expect((await blog.run('ledger')).stdout).toContain('No ledger yet');
  // None of them made a store.
  expect((await blog.run('followers')).stderr).toContain("There is no blog's store");
  await blog.makeStore(async () => {});
  expect((await blog.run('followers')).stdout).toBe('0 followers\n');
  const missing = await blog.run('ledger', 'export', file('nothing.json'));
  expect([missing.code, existsSync(file('nothing.json'))]).toEqual([1, false]);
  mkdirSync(file('folder'));
  const folder = await blog.run('followers', 'export', file('folder'));
  expect([folder.code, folder.stderr]).toEqual([1, expect.stringMatching(/cannot\s+be\s+written/)]);
  expect(readdirSync(blog.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a list of accounts: each is asked for by its handle; who is not there is named, and the others follow', async () => {
  const world = await createWorld('postern-import-');
  const { peer: fedify, origin } = await startPeer(world);
  const mine = await Blog.create(world);
  const { host } = new URL(origin);
  try {
    const list = join(world.folder, 'list.csv');
    writeFileSync(
      list,
      `\uFEFF"Show boosts",Account address\r\ntrue,reader@${host}\r\nfalse,nobody@${host}\r\ntrue,no handle\r\n`,
    );
    const run = (...args: string[]) => mine.run('followers', ...args);
    const report = JSON.parse(await run('import', list, '--json'));
    expect(report).toMatchObject({ added: 1, known: 0, missing: [{ handle: `@nobody@${host}`, kind: 'absent' }] });
    expect(report.faults).toEqual(['"no handle" is not user@host']);
    expect(JSON.parse(await run('--json'))).toMatchObject({
      followers: [
        { actor: `${origin}/users/reader`, handle: `@reader@${host}`, inbox: expect.stringContaining(origin) },
      ],
    });
    expect(JSON.parse(await run('import', list, '--json'))).toMatchObject({ added: 0, known: 1 });
  } finally {
    await mine.close();
    await fedify.stop();
    await world.close();
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type HeardBlog, startHeardBlog } from './heard-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let heard: HeardBlog;
beforeAll(async () => {
  heard = await startHeardBlog();
});
afterAll(() => heard.close());

test('from the owner’s machine the account is deleted by its handle alone; a build that learns of it leaves its files out', async () => {
  const { desk, ann, origin, activity, send, json } = heard;
  const at = ['--at', origin];
  const handle = `@blog@${new URL(origin).host}`;
  await send(activity('Follow', 'f1', `${origin}/ap/actor.json`));
  await desk.run('followers', 'approve', ann.actor, ...at);
  expect(await json(desk, 'account', 'show', ...at)).toMatchObject({ state: 'live', handle, followers: 1 });

  const unasked = await desk.run('account', 'delete', ...at);
  expect([unasked.code, unasked.stdout]).toEqual([2, expect.stringContaining('1 inbox on 1 server is told')]);
  expect(unasked.stderr).toContain(`npm run account -- delete --at ${origin} --yes ${handle}`);
  const wrong = await desk.run('account', ...at, 'delete', '--yes', '@blog@other.example');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(`is not ${handle}`)]);
  expect(await json(desk, 'account', ...at)).toMatchObject({ state: 'live' });

  const deleted = await desk.run('account', 'delete', ...at, '--yes', handle);
  expect([deleted.code, deleted.stderr]).toEqual([0, '']);
  expect(deleted.stdout).toContain(`deleted ${handle}: `);
  await until('the Delete', () => ann.arrived.find(({ type }) => type === 'Delete'));
  await until('gone', async () => ((await json(desk, 'account', ...at)).state === 'gone' ? true : undefined));
  const shown = await desk.run('account', ...at);
  expect(shown.stdout).toMatch(/gone since .*\n.*on Netlify, deploy once more/);
  expect((await desk.run('account', 'delete', ...at)).stdout).toContain('nobody is left to be told');
  for (const path of ['/ap/actor.json', '/ap/owner', '/ap/owner/sending', '/ap/ledger']) {
    expect([path, (await fetch(origin + path)).status]).toEqual([path, 410]);
  }

  const output = join(desk.folder, 'built');
  const built = await desk.run('build', '--ledger', origin, '--output', output);
  expect([built.code, built.stderr]).toEqual([0, expect.stringContaining('its own files are left out')]);
  expect(existsSync(join(output, 'ap/actor.json'))).toBe(false);
  expect(existsSync(join(output, 'index.html'))).toBe(true);
  expect(readFileSync(join(output, '_redirects'), 'utf8')).toContain('/ap/manifest.json /404.html 404!');
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postFile } from '../invariants/own-blog.ts';
import { type HeardBlog, startHeardBlog } from './heard-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let heard: HeardBlog;
beforeAll(async () => {
  heard = await startHeardBlog();
});
afterAll(() => heard.close());

const creates = () => heard.ann.arrived.filter(({ type }) => type === 'Create');

test('what is held there is released from here; the running server sends it, and its receipts are read from here', async () => {
  const { blog, desk, ann, origin, activity, send, json } = heard;
  const at = ['--at', origin];
  await send(activity('Follow', '1', `${origin}/ap/actor.json`));
  await desk.run('followers', 'approve', ann.actor, ...at);
  for (let n = 1; n <= 11; n += 1) blog.write(`posts/p${n}.md`, postFile(`P ${n}`, 'Text.', `id: p${n}\n`));
  const pushed = await blog.run('publish');
  expect([pushed.code, pushed.stdout]).toEqual([3, expect.stringContaining('held many-creates')]);

  const unknown = await desk.run('publish', ...at, '--confirm', 'nothing-like-it');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('"nothing-like-it" is neither a hold nor a post.');
  expect(unknown.stderr).toContain('Held now: many-creates (');
  const still = await desk.run('publish', ...at);
  expect([still.code, still.stderr]).toEqual([3, '']);
  expect(still.stdout).toContain(`npm run publish -- --at ${origin} --confirm many-creates`);
  const waits = await desk.run('receipts', 'p3', ...at);
  expect(waits.stdout).toContain('Not sent yet: it is held (many-creates)');
  expect(creates()).toEqual([]);

  const one = await desk.run('publish', ...at, '--confirm', join(desk.content, 'posts/p3.md'));
  expect(one.stdout).toContain('1 to create, 0 to update, 0 to delete; 1 held');
  await until('the post that was named', () => creates().length === 1 || undefined);
  const rest = await desk.run('publish', ...at, '--confirm', 'many-creates');
  expect([rest.code, rest.stderr]).toEqual([0, '']);
  expect(rest.stdout).toContain('10 to create, 0 to update, 0 to delete');
  expect(rest.stdout).toContain(`published what is live at ${origin}; it is sent from there now`);
  await until('the others', () => creates().length === 11 || undefined);

  await until('the receipt', async () =>
    (await desk.run('receipts', 'p3', ...at)).stdout.includes('1 delivered') ? true : undefined,
  );
  expect((await json(desk, 'receipts', ...at)).posts).toHaveLength(10);
  expect((await desk.run('deliveries', ...at)).stdout).toMatch(/^\d+ deliveries: \d+ delivered/);
  expect((await desk.run('deliveries', '--retry', 'nobody.example', ...at)).stdout).toContain('nothing to retry');
  expect(await json(desk, 'followers', ...at)).toMatchObject({ total: 1, followers: [{ actor: ann.actor }] });
  for (const form of [[], ['--full']]) {
    const [there, here] = [join(desk.folder, 'there'), join(desk.folder, 'here')];
    expect((await desk.run('followers', 'export', there, ...form, ...at)).code).toBe(0);
    expect((await blog.run('followers', 'export', here, ...form)).code).toBe(0);
    expect(readFileSync(there, 'utf8')).toBe(readFileSync(here, 'utf8'));
  }
  const imported = await desk.run('followers', ...at, 'import', join(desk.folder, 'there'));
  expect([imported.code, imported.stderr]).toEqual([2, expect.stringContaining('import takes no --at')]);
});

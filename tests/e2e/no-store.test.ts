import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../server/store/sqlite-database.ts';
import { MIGRATIONS } from '../../server/store/sqlite-migrations.ts';
import { migrate } from '../../server/store/sqlite-schema.ts';
import { createOwnBlog, type OwnBlog } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
beforeEach(() => {
  blog = createOwnBlog({ POSTERN_ORIGIN: 'https://blog.example' });
});
afterEach(() => blog.remove());

test.each([
  'replies',
  'replies list --json',
  'replies hide abc123',
  'messages',
  'messages --remove abc123',
  'notifications',
  'store',
  'receipts',
  'deliveries',
  'deliveries --retry-all',
  'followers',
  'followers export FILE',
  'followers requests',
  'followers remove @ann@social.example',
  'ledger export FILE',
])('where no store is, `%s` says so and makes none', async (line) => {
  const file = join(blog.folder, 'export');
  const [name = '', ...args] = line.replace('FILE', file).split(' ');
  const { code, stdout, stderr } = await blog.run(name, ...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`error There is no blog's store in ${blog.data}.`);
  expect(stderr).toMatch(/^next {2}[\s\S]*POSTERN_DATA[\s\S]*npm start[\s\S]*--at/m);
  expect([existsSync(blog.data), existsSync(file)]).toEqual([false, false]);
});

test('ledger, account and blocks say what there is without a store, and make none', async () => {
  expect((await blog.run('ledger')).stdout).toContain('No ledger yet');
  expect((await blog.run('account')).stdout).toContain('No account yet');
  const blocked = await blog.run('blocks', 'add', 'spam.example');
  expect([blocked.code, blocked.stdout]).toEqual([0, expect.stringContaining('It holds from the next')]);
  expect(existsSync(blog.data)).toBe(false);
});

test('an older store is brought forward by whichever command is first, which says so; the next has nothing to say', async () => {
  mkdirSync(blog.data);
  const database = connect(join(blog.data, 'postern.db'));
  migrate(database, MIGRATIONS.slice(0, 1));
  database.close();
  const first = await blog.run('deliveries');
  expect([first.code, first.stderr]).toEqual([
    0,
    `note  The store in ${blog.data} was brought to its fifth schema; the version before cannot read it any more.\n`,
  ]);
  expect((await blog.run('deliveries')).stderr).toBe('');
});

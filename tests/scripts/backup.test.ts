import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backUp, restore } from '../../scripts/backup-files.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { follower } from '../server/store/samples.ts';

const RUN = join(import.meta.dirname, '../../scripts/run.mjs');

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-backup-'));
  data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'keys.json'), 'the keys', { mode: 0o600 });
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** What lies in the data folder, but for SQLite's log. */
const kept = () =>
  readdirSync(data)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort();

const openIn = (where: string) => openSqliteStore(join(where, 'postern.db'));

async function followersIn(where: string): Promise<number> {
  const store = openIn(where);
  try {
    return await store.followers.count();
  } finally {
    await store.close();
  }
}

function run(...args: string[]) {
  const env = { ...process.env, POSTERN_DATA: data, FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('a data folder that was copied while a server ran comes back with what was in its log', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  const copied = join(folder, 'copied');
  cpSync(data, copied, { recursive: true });
  await store.close();
  expect(existsSync(join(copied, 'postern.db-wal'))).toBe(true);
  restore(copied, join(folder, 'new'));
  expect(await followersIn(join(folder, 'new'))).toBe(1);
});

test('what a store that is open holds is in the copy, which goes on without it, for its owner alone', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  const copied = backUp(data, join(folder, 'copy'));
  await store.followers.put(follower('https://peer.test/bob'));
  await store.close();
  expect(copied.map(({ name }) => name)).toEqual(['postern.db', 'keys.json']);
  expect(await followersIn(join(folder, 'copy'))).toBe(1);
  expect(readFileSync(join(folder, 'copy/keys.json'), 'utf8')).toBe('the keys');
  for (const name of ['', 'keys.json', 'postern.db']) {
    expect(statSync(join(folder, 'copy', name)).mode & 0o077).toBe(0);
  }
});

test('nothing is written over a backup, and a store that cannot be read leaves no half of one', () => {
  mkdirSync(join(folder, 'copy'));
  expect(() => backUp(data, join(folder, 'copy'))).toThrow(expect.objectContaining({ code: 'backup-exists' }));
  writeFileSync(join(data, 'postern.db'), 'this is no database, whatever it is called');
  expect(() => backUp(data, join(folder, 'other'))).toThrow(expect.objectContaining({ code: 'store-not-a-database' }));
  expect(readdirSync(folder).sort()).toEqual(['copy', 'data']);
});

test('restored, the blog has what it had, and what stood there is kept', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  await store.close();
  backUp(data, join(folder, 'copy'));
  rmSync(join(data, 'keys.json'));
  const { former } = restore(join(folder, 'copy'), data);
  expect(await followersIn(data)).toBe(1);
  expect(readFileSync(join(data, 'keys.json'), 'utf8')).toBe('the keys');
  expect(former !== undefined && existsSync(join(former, 'postern.db'))).toBe(true);
  expect(restore(join(folder, 'copy'), data).former).not.toBe(former);
  expect(restore(join(folder, 'copy'), join(folder, 'elsewhere/data')).former).toBeUndefined();
});

test('a damaged backup, and a database of another program, change nothing', async () => {
  await openIn(data).close();
  backUp(data, join(folder, 'copy'));
  const whole = readFileSync(join(folder, 'copy/postern.db'));
  writeFileSync(join(folder, 'copy/postern.db'), Buffer.concat([whole.subarray(0, 8_192), Buffer.alloc(40_000, 1)]));
  expect(() => restore(join(folder, 'copy'), data)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
  mkdirSync(join(folder, 'empty'));
  expect(() => restore(join(folder, 'empty'), data)).toThrow(expect.objectContaining({ code: 'no-backup' }));
  expect(kept()).toEqual(['keys.json', 'postern.db']);
  expect(await followersIn(data)).toBe(0);
});

test('a file that cannot be put in its place leaves all as it was', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  await store.close();
  backUp(data, join(folder, 'copy'));
  writeFileSync(join(data, 'keys.json'), 'other keys');
  for (const last of [0, 1, 2, 3]) {
    let moves = 0;
    const rename: typeof renameSync = (from, to) => {
      moves += 1;
      if (moves > last) throw new Error('EIO');
      renameSync(from, to);
    };
    expect(() => restore(join(folder, 'copy'), data, { rename })).toThrow(/nothing was changed|EIO/);
    expect(kept()).toEqual(['keys.json', 'postern.db']);
    expect(readFileSync(join(data, 'keys.json'), 'utf8')).toBe('other keys');
    expect(await followersIn(data)).toBe(1);
  }
});

test('the data folder is never renamed, since it may be a mount: what lies beside the store stays where it is', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  await store.close();
  backUp(data, join(folder, 'copy'));
  mkdirSync(join(data, 'site'));
  const { former } = restore(join(folder, 'copy'), data);
  expect(kept()).toEqual([basename(former ?? ''), 'keys.json', 'postern.db', 'site'].sort());
  expect(readdirSync(folder).sort()).toEqual(['copy', 'data']);
});

test('the commands: a backup, nothing replaced unasked or under a server that works, and the way back', async () => {
  const store = openIn(data);
  await store.followers.put(follower('https://peer.test/ann'));
  const copy = join(folder, 'copy');
  expect(run('backup', copy)).toMatchObject({ status: 0, stdout: expect.stringContaining('backed up') });
  expect(run('backup', copy)).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') });
  expect(run('restore', copy)).toMatchObject({ status: 2, stderr: expect.stringContaining('--replace') });
  await store.workers.beat('server-1', Date.now() + 60_000);
  expect(run('restore', copy, '--replace')).toMatchObject({ status: 1, stderr: expect.stringContaining('at work') });
  await store.workers.leave('server-1');
  await store.followers.remove('https://peer.test/ann');
  await store.close();
  expect(run('restore', copy, '--replace')).toMatchObject({ status: 0, stdout: expect.stringContaining('restored') });
  expect(await followersIn(data)).toBe(1);
  rmSync(data, { recursive: true });
  expect(run('backup', join(folder, 'none'))).toMatchObject({ status: 1, stderr: expect.stringContaining('no blog') });
});

test('a store of another account is not put beside the keys of this one at Netlify', async () => {
  await openIn(data).close();
  const other = join(folder, 'other');
  backUp(data, other);
  writeFileSync(join(other, 'keys.json'), 'other keys');
  vi.stubEnv('NETLIFY_AUTH_TOKEN', 'token');
  const nowhere = { siteID: 'x', edgeURL: 'http://127.0.0.1:9', uncachedEdgeURL: 'http://127.0.0.1:9' };
  vi.stubEnv('NETLIFY_BLOBS_CONTEXT', Buffer.from(JSON.stringify(nowhere)).toString('base64'));
  const { status, stderr } = run('restore', other, '--netlify', 'x');
  vi.unstubAllEnvs();
  expect([status, stderr.replace(/\s+/g, ' ')]).toEqual([
    1,
    expect.stringContaining('is not the keys.json of what is to be restored'),
  ]);
  expect(readFileSync(join(data, 'keys.json'), 'utf8')).toBe('the keys');
});

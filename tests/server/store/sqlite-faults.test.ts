import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadingItem } from '../../../server/store/account-store.ts';
import { openSqliteStore, sqliteStoreOn } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import { migrate } from '../../../server/store/sqlite-schema.ts';
import { author, content, follower } from './samples.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const NOBODY = 65_534;

describe('the file of a SQLite store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-faults-'));
    file = join(folder, 'postern.db');
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });

  test('only its owner may read it, and what lies beside it', async () => {
    const store = openSqliteStore(file);
    await store.followers.put(follower('a'));
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(modes.toSorted()).toEqual([
      ['postern.db', 0o600],
      ['postern.db-shm', 0o600],
      ['postern.db-wal', 0o600],
    ]);
    await store.close();
  });

  test('a store that is closed is one file that can be copied', async () => {
    const store = openSqliteStore(file);
    await store.followers.put(follower('a'));
    await store.close();
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, readFileSync(file));
    const copied = openSqliteStore(copy);
    expect(await copied.followers.count()).toBe(1);
    await copied.close();
  });

  test('a store that is used after it was closed says so', async () => {
    const store = openSqliteStore(file);
    await store.close();
    await expect(store.followers.count()).rejects.toMatchObject({ code: 'store-closed' });
    await expect(store.followers.put(follower('a'))).rejects.toMatchObject({ code: 'store-closed' });
  });

  test.each([
    ['a text', 'This is my diary. '.repeat(500)],
    ['a short text', 'Diary'],
  ])('%s is refused and left as it is', (_, content) => {
    writeFileSync(file, content);
    expect(codeOf(() => openSqliteStore(file))).toBe('store-not-a-database');
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('an empty file becomes a store', async () => {
    writeFileSync(file, '');
    const store = openSqliteStore(file);
    expect(await store.followers.put(follower('a'))).toBe('added');
    await store.close();
  });

  test('another program’s database is refused and left as it is', () => {
    const database = connect(file);
    database.exec('CREATE TABLE recipes (name TEXT)');
    database.close();
    const before = readFileSync(file);
    expect(codeOf(() => openSqliteStore(file))).toBe('store-not-a-database');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a newer schema is refused, and the message names both versions', async () => {
    await openSqliteStore(file).close();
    const database = connect(file);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(() => openSqliteStore(file)).toThrow(/schema version 999.*versions up to 5\b/);
    expect(codeOf(() => openSqliteStore(file))).toBe('store-newer-schema');
  });

  test('an older schema is brought forward, all steps or none', () => {
    const database = connect(file);
    migrate(database, ['CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (7)']);
    expect(() => migrate(database, ['', 'CREATE TABLE two (n INTEGER)', 'CREATE TABLE one (n INTEGER)'])).toThrow();
    expect(database.prepare('PRAGMA user_version').get()?.user_version).toBe(1);
    migrate(database, ['', 'ALTER TABLE one ADD COLUMN m INTEGER', 'UPDATE one SET m = n + 1']);
    expect(database.prepare('SELECT n, m FROM one').get()).toMatchObject({ n: 7, m: 8 });
    expect(database.prepare('PRAGMA user_version').get()?.user_version).toBe(3);
    database.close();
  });

  test('a path that is a folder, or that leads through a file, is refused', () => {
    mkdirSync(file);
    expect(codeOf(() => openSqliteStore(file))).toBe('store-unreachable');
    writeFileSync(join(folder, 'plain'), '');
    expect(codeOf(() => openSqliteStore(join(folder, 'plain', 'postern.db')))).toBe('store-unreachable');
  });

  test('a read-only file is refused', async () => {
    await openSqliteStore(file).close();
    chmodSync(folder, 0o777);
    chmodSync(file, 0o444);
    expect(openUnprivileged(file)).toEqual({ error: 'store-read-only' });
  });

  test('a read-only folder is refused, since SQLite must write beside its file', async () => {
    await openSqliteStore(file).close();
    for (const name of readdirSync(folder)) if (name !== 'postern.db') rmSync(join(folder, name));
    if (process.getuid?.() === 0) chownSync(file, NOBODY, NOBODY);
    chmodSync(folder, 0o555);
    expect(openUnprivileged(file)).toEqual({ error: 'store-read-only' });
  });

  test('a full disk is told as such, loses nothing, and is got over', async () => {
    const database = connect(file);
    migrate(database);
    const store = sqliteStoreOn(database);
    await store.followers.put(follower('a'));
    const [{ page_count: pages = 0 } = {}] = database.prepare('PRAGMA page_count').all();
    database.prepare(`PRAGMA max_page_count = ${Number(pages) + 2}`).get();
    const large = follower('b', { handle: 'x'.repeat(100_000) });
    await expect(store.followers.put(large)).rejects.toMatchObject({ code: 'store-disk-full' });
    expect(await store.followers.get(large.actor)).toBeUndefined();
    database.prepare('PRAGMA max_page_count = 100000').get();
    expect(await store.followers.put(large)).toBe('added');
    expect(await store.followers.count()).toBe(2);
    await store.close();
  });

  test('what must survive a power cut is flushed at its commit, what can be repeated is not', async () => {
    const database = connect(file);
    migrate(database);
    const store = sqliteStoreOn(database);
    const level = () => database.prepare('PRAGMA synchronous').get()?.synchronous;
    const [normal, full] = [1, 2];
    await store.followers.put(follower('a'));
    expect(level()).toBe(full);
    await store.deliveries.lease({ owner: 'me', now: 0, leaseMs: 1, limit: 1 });
    expect(level()).toBe(normal);
    await store.followers.remove(follower('a').actor);
    expect(level()).toBe(full);
    const at = '2026-03-01T10:00:00Z';
    const lasting = [
      () => store.following.put({ actor: 'a', state: 'accepted', activity: 'b', at }),
      () => store.following.remove('a'),
      () => store.answers.vote({ poll: 'p', actor: 'a', option: 0, multiple: false, inbox: 'i', at }),
      () => store.answers.putConsent({ object: 'o', quoted: 'q', state: 'rejected', at }),
      () => store.answers.setTold('o', 'digest'),
      () => store.answers.forgetObject('o'),
      () => store.reading.put(ITEM),
      () => store.reading.remove(ITEM.actor, ITEM.id),
    ];
    for (const write of lasting) {
      await store.deliveries.lease({ owner: 'me', now: 0, leaseMs: 1, limit: 1 });
      await write();
      expect([write.toString(), level()]).toEqual([write.toString(), full]);
    }
    await store.close();
  });
});

const ITEM: ReadingItem = {
  ...{ id: 'i', actor: 'a', author: author('a'), content: content('x'), at: '2026-03-01T10:00:00Z' },
  kind: 'post',
};

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
}

/** Opens the store in a process that file modes bind: root may write what nobody may. */
function openUnprivileged(file: string): unknown {
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', WORKER, 'open', file, 'a'], {
    ...identity,
    encoding: 'utf8',
    input: '',
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (last === '') throw new Error(stderr);
  return JSON.parse(last);
}

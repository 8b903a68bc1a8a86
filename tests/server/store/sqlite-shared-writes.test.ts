import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, type SqliteDatabase } from '../../../server/store/sqlite-database.ts';
import type { Store } from '../../../server/store/store.ts';
import { ALICE, activity, author, by, follower, interaction, POST } from './samples.ts';
import { type Listened, openListened } from './sqlite-listened.ts';

describe('what simultaneous callers write to SQLite', () => {
  let listened: Listened;
  let database: SqliteDatabase;
  let store: Store;
  let executed: string[];
  let commitFault: Error | undefined;
  beforeEach(() => {
    commitFault = undefined;
    listened = openListened((sql) => {
      if (commitFault && sql === 'COMMIT') throw commitFault;
    });
    ({ database, store, executed } = listened);
  });
  afterEach(() => listened.close());
  const commits = () => executed.filter((sql) => sql === 'COMMIT').length;
  const insert = (id: string) => database.prepare('INSERT INTO seen (id, at) VALUES (?, 1)').run(id);
  const seen = () => listened.seen();

  test('a hundred puts at once → one commit, and each is stored', async () => {
    const puts = Array.from({ length: 100 }, (_, n) => store.followers.put(follower(`f${n}`)));
    expect(new Set(await Promise.all(puts))).toEqual(new Set(['added']));
    expect(commits()).toBe(1);
    expect(await store.followers.count()).toBe(100);
  });

  test('all that inbound requests write shares a commit, whatever it is', async () => {
    await store.activities.put(activity('x'), { now: 0 });
    executed.length = 0;
    await Promise.all([
      ...[store.followers.put(follower('a')), store.followers.remove(follower('b').actor)],
      store.activities.put(activity('y'), { now: 0 }),
      store.deliveries.enqueue(activity('x').id, ['https://a.example/inbox'], { now: 0 }),
      ...[store.inbound.markSeen('seen', 0), store.inbound.dropKept('kept')],
      store.actors.put({ url: 'u', fetchedAt: 0, status: 404 }),
      ...[store.interactions.put(by(ALICE, 'a'), ALICE), store.interactions.forgetActor('nobody')],
      store.stamps.put({ id: 'i', quote: 'q', target: POST, actor: 'a', at: '2026-03-01T10:00:00Z' }),
      store.requests.put(follower('c')),
      store.messages.put({ object: 'o', sender: 's', jwe: 'j', at: '2026-03-01T10:00:00Z' }),
      store.notifications.add({ key: 'k', kind: 'like', actor: 'a', at: '2026-03-01T10:00:00Z' }),
      store.media.put({ url: 'p', type: 'image/png', bytes: new Uint8Array(), fetchedAt: 0 }),
    ]);
    expect(commits()).toBe(1);
    expect(await store.interactions.get(interaction('a').id)).toBeDefined();
  });

  test('what is awaited is committed: another connection reads it', async () => {
    const other = connect(database.file);
    await store.interactions.put(by(author('a'), 'a'), author('a'));
    expect(other.prepare('SELECT count(*) AS n FROM interactions').get()?.n).toBe(1);
    other.close();
  });

  test('a promise resolves after the commit, never before', async () => {
    const order: string[] = [];
    const write = database.writeShared('lasting', () => order.push('work')).then(() => order.push('resolved'));
    await Promise.resolve();
    expect(order).toEqual([]);
    await write;
    expect(order).toEqual(['work', 'resolved']);
    expect(commits()).toBe(1);
  });

  test('a unit that fails is taken back alone, and rejects alone', async () => {
    const failing = (id: string) => () => {
      insert(id);
      throw new Error('no');
    };
    const units = [
      database.writeShared('lasting', () => insert('a')),
      database.writeShared('lasting', failing('lost')),
      database.writeShared('lasting', () => insert('b')),
      database.writeShared('lasting', () => insert('a')),
      store.deliveries.enqueue('never stored', ['https://a.example/inbox'], { now: 0 }),
      database.writeShared('lasting', () => insert('c')),
    ];
    const ends = await Promise.allSettled(units);
    expect(ends.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled'],
    ]);
    expect(ends[3]).toMatchObject({ reason: { code: 'store-failed' } });
    expect(ends[4]).toMatchObject({ reason: { code: 'activity-not-stored' } });
    expect(seen()).toEqual(['a', 'b', 'c']);
    expect(commits()).toBe(1);
  });

  test('while none fails, none is kept apart; once one has, what the others did is done again', async () => {
    let times = 0;
    const counted = () => {
      times += 1;
      return insert('a');
    };
    await Promise.all([database.writeShared('lasting', counted), database.writeShared('lasting', () => insert('b'))]);
    expect(executed).not.toContain('SAVEPOINT unit');
    expect(times).toBe(1);
    database.exec('DELETE FROM seen');
    const failing = () => {
      throw new Error('no');
    };
    const units = [database.writeShared('lasting', counted), database.writeShared('lasting', failing)];
    expect((await Promise.allSettled(units)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(times).toBe(3);
    expect(seen()).toEqual(['a']);
  });

  test('a unit that takes the whole transaction with it fails alone: the others are done again', async () => {
    const units = [
      database.writeShared('lasting', () => insert('a')),
      database.writeShared('lasting', () => {
        throw new Error('failed before');
      }),
      database.writeShared('lasting', () => {
        insert('lost');
        // As SQLite does by itself when the disk is full.
        database.exec('ROLLBACK');
        throw new Error('full');
      }),
      database.writeShared('lasting', () => insert('b')),
    ];
    const ends = await Promise.allSettled(units);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(seen()).toEqual(['a', 'b']);
  });

  test('a full disk is told to whom it fails, and the rest is stored', async () => {
    const [{ page_count: pages = 0 } = {}] = database.prepare('PRAGMA page_count').all();
    database.prepare(`PRAGMA max_page_count = ${Number(pages) + 2}`).get();
    const large = follower('large', { handle: 'x'.repeat(100_000) });
    const ends = await Promise.allSettled(
      [follower('a'), large, follower('b')].map((each) => store.followers.put(each)),
    );
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'store-disk-full' } });
    database.prepare('PRAGMA max_page_count = 100000').get();
    expect(await store.followers.put(large)).toBe('added');
    expect(await store.followers.count()).toBe(3);
  });

  test('a commit that fails rejects all that shared it, and nothing of it is stored', async () => {
    commitFault = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
    const ends = await Promise.allSettled(['a', 'b', 'c'].map((id) => store.inbound.markSeen(id, 0)));
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'store-disk-full' } });
    commitFault = undefined;
    expect(seen()).toEqual([]);
    await store.inbound.markSeen('d', 0);
    expect(seen()).toEqual(['d']);
  });

  test('a lock that is never given up rejects all that waits for it', async () => {
    const impatient = connect(database.file, { busyTimeoutMs: 20 });
    const holder = connect(database.file);
    holder.exec('BEGIN IMMEDIATE');
    const ends = await Promise.allSettled([1, 2].map(() => impatient.writeShared('lasting', () => 1)));
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'store-busy' } });
    holder.exec('ROLLBACK');
    expect(await impatient.writeShared('lasting', () => 1)).toBe(1);
    for (const each of [impatient, holder]) each.close();
  });

  test('lasting and repeatable units share a commit, which is then flushed', async () => {
    const levels: unknown[] = [];
    const level = () => void levels.push(database.prepare('PRAGMA synchronous').get()?.synchronous);
    const [normal, full] = [1, 2];
    await Promise.all([database.writeShared('repeatable', level), database.writeShared('lasting', level)]);
    await Promise.all([database.writeShared('repeatable', level), database.writeShared('repeatable', level)]);
    expect(levels).toEqual([full, full, normal, normal]);
    expect(commits()).toBe(2);
  });

  test('closing commits what waits; what comes afterwards is told that it came too late', async () => {
    const puts = [1, 2, 3].map((n) => store.followers.put(follower(`f${n}`)));
    await store.close();
    expect(await Promise.all(puts)).toEqual(['added', 'added', 'added']);
    await expect(store.followers.put(follower('late'))).rejects.toMatchObject({ code: 'store-closed' });
    const again = connect(database.file);
    expect(again.prepare('SELECT count(*) AS n FROM followers').get()?.n).toBe(3);
    again.close();
  });

  test('thousands at once are several commits, so that nobody waits for long', async () => {
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => store.inbound.markSeen(`s${n}`, 0)));
    expect(commits()).toBe(3);
    expect(seen()).toHaveLength(1_200);
  });

  test('what a caller writes is done in the order in which it asked', async () => {
    const [a, b] = [store.followers.put(follower('a')), store.followers.remove(follower('a').actor)];
    expect(await Promise.all([a, b, store.followers.put(follower('a'))])).toEqual(['added', true, 'added']);
  });
});

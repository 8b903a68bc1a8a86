import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, type SqliteDatabase } from '../../../server/store/sqlite-database.ts';
import type { Store } from '../../../server/store/store.ts';
import { ALICE, activity, by, follower, interaction, POST } from './samples.ts';
import { type Listened, openListened } from './sqlite-listened.ts';

describe('writes that belong together, in SQLite', () => {
  let listened: Listened;
  let database: SqliteDatabase;
  let store: Store;
  let executed: string[];
  beforeEach(() => {
    listened = openListened();
    ({ database, store, executed } = listened);
  });
  afterEach(() => listened.close());
  const AT = '2026-03-01T10:00:00Z';
  const count = (sql: string) => executed.filter((each) => each === sql).length;
  const mark = (id: string) => () => store.inbound.markSeen(id, 0);
  const put = (name: string) => () => store.followers.put(follower(name));
  const neverStored = () => store.deliveries.enqueue('never stored', ['https://a.example/inbox'], { now: 0 });
  const seen = () => listened.seen();

  test('groups of simultaneous callers share a commit', async () => {
    const groups = Array.from({ length: 64 }, (_, n) => store.together<unknown>([put(`f${n}`), mark(`s${n}`)]));
    expect(await Promise.all(groups)).toEqual(groups.map(() => ['added', undefined]));
    expect(count('COMMIT')).toBe(1);
    expect(await store.followers.count()).toBe(64);
  });

  test('all that the handling of an activity writes can be part of a group', async () => {
    await store.activities.put(activity('x'), { now: 0 });
    executed.length = 0;
    await store.together<unknown>([
      ...[put('a'), () => store.followers.remove(follower('b').actor)],
      () => store.requests.put(follower('c')),
      () => store.requests.remove(follower('c').actor),
      () => store.activities.put(activity('y'), { now: 0 }),
      () => store.deliveries.enqueue(activity('x').id, ['https://a.example/inbox'], { now: 0 }),
      ...[mark('seen'), () => store.inbound.dropKept('kept')],
      () => store.actors.remove('u'),
      () => store.interactions.put(by(ALICE, 'a'), ALICE),
      () => store.interactions.putAuthor(ALICE),
      () => store.interactions.remove({ actor: ALICE.actor, id: interaction('b').id }),
      () => store.interactions.forgetActor('nobody'),
      () => store.stamps.put({ id: 'i', quote: 'q', target: POST, actor: 'a', at: AT }),
      () => store.messages.put({ object: 'o', sender: 's', jwe: 'j', at: AT }),
      () => store.messages.remove({ object: 'o', sender: 's' }),
      () => store.messages.forgetSender('s'),
      () => store.notifications.add({ key: 'k', kind: 'like', actor: 'a', at: AT }),
      () => store.notifications.forgetActor('b'),
      () => store.following.put({ actor: 'a', state: 'accepted', activity: 'f', at: AT }),
      () => store.following.remove('a'),
      () => store.answers.putConsent({ object: 'o', quoted: 'q', state: 'rejected', at: AT }),
      () => store.answers.vote({ poll: 'p', actor: 'a', option: 0, multiple: false, inbox: 'i', at: AT }),
      () => store.reading.remove('a', 'i'),
      () => store.reading.forgetActor('a'),
    ]);
    expect(count('COMMIT')).toBe(1);
    expect(await store.interactions.get(interaction('a').id)).toBeDefined();
  });

  test('one that fails takes its own group back, and what others write shares the commit', async () => {
    const ends = await Promise.allSettled<unknown>([
      mark('alone')(),
      store.together<unknown>([mark('lost'), put('lost'), neverStored, mark('never')]),
      store.together<unknown>([put('kept'), mark('kept')]),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'activity-not-stored' } });
    expect(seen()).toEqual(['alone', 'kept']);
    expect(await store.followers.count()).toBe(1);
    expect(count('COMMIT')).toBe(1);
    // One for the caller that is alone, and one for each group.
    expect(count('SAVEPOINT unit')).toBe(3);
  });

  test('a full disk takes back the group that fills it; the others are done again', async () => {
    const [{ page_count: pages = 0 } = {}] = database.prepare('PRAGMA page_count').all();
    database.prepare(`PRAGMA max_page_count = ${Number(pages) + 2}`).get();
    const large = () => store.followers.put(follower('large', { handle: 'x'.repeat(100_000) }));
    const ends = await Promise.allSettled(
      [[put('a'), mark('a')], [mark('b'), large, mark('c')], [mark('d')]].map((group) =>
        store.together<unknown>(group),
      ),
    );
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'store-disk-full' } });
    expect(seen()).toEqual(['a', 'd']);
  });

  test('what resolves is committed, and one lasting write makes its group lasting', async () => {
    const other = connect(database.file);
    const levels: unknown[] = [];
    const level = () => void levels.push(database.prepare('PRAGMA synchronous').get()?.synchronous);
    await database.together([
      () => database.writeShared('repeatable', level),
      async () => {
        await database.writeShared('lasting', level);
        expect(other.prepare('SELECT count(*) AS n FROM seen').get()?.n).toBe(1);
      },
      mark('a'),
    ]);
    const full = 2;
    expect(levels).toEqual([full, full]);
    other.close();
  });

  test.each<[string, () => Promise<unknown>]>([
    ['asks for its write later', () => Promise.resolve().then(mark('late'))],
    ['asks for none', async () => 'nothing'],
    ['wants a transaction of its own', () => store.workers.beat('me', 1)],
    [
      'wants a transaction of its own beside its write',
      async () => {
        const asked = mark('lost')();
        await Promise.all([asked, store.workers.beat('me', 1)]);
      },
    ],
    ['wants a group of its own', () => store.together([mark('lost')])],
  ])('one that %s → the whole group is refused, and nothing of it is made', async (_what, outside) => {
    const group = store.together<unknown>([mark('before'), outside, mark('after')]);
    await expect(group).rejects.toMatchObject({ code: 'write-outside-group' });
    await store.inbound.markSeen('next', 0);
    expect(seen().filter((id) => id !== 'late')).toEqual(['next']);
    expect(await store.workers.alive(0)).toEqual([]);
  });

  test('one that asks for more once the group is committed → rejected, not passed over', async () => {
    const twice = async () => {
      await mark('first')();
      await mark('second')();
    };
    await expect(store.together<unknown>([twice, mark('last')])).rejects.toMatchObject({ code: 'write-outside-group' });
    await store.inbound.markSeen('next', 0);
    expect(seen()).toEqual(['first', 'last', 'next', 'second']);
  });

  test('one that throws before it asks → its own error, and nothing of the group is made', async () => {
    const failing = () => {
      throw new Error('its own');
    };
    await expect(store.together<unknown>([mark('a'), failing, mark('b')])).rejects.toThrow('its own');
    const rejecting = () => Promise.reject(new Error('its own'));
    await expect(store.together<unknown>([mark('a'), rejecting])).rejects.toThrow('its own');
    expect(seen()).toEqual([]);
    await store.close();
    await expect(store.together<unknown>([mark('a')])).rejects.toMatchObject({ code: 'store-closed' });
  });

  test('closing commits the groups that wait', async () => {
    const group = store.together<unknown>([put('a'), mark('a')]);
    await store.close();
    expect(await group).toEqual(['added', undefined]);
  });

  test('many groups at once are several commits, none of them split', async () => {
    const groups = Array.from({ length: 300 }, (_, n) => store.together([1, 2, 3, 4].map((m) => mark(`${n} ${m}`))));
    await Promise.all(groups);
    expect(seen()).toHaveLength(1_200);
    expect(count('COMMIT')).toBe(3);
  });
});

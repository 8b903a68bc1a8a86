import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bucketOf, digestTold } from '../../../federation/manifest-parts.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import { MIGRATIONS } from '../../../server/store/sqlite-migrations.ts';
import { migrate } from '../../../server/store/sqlite-schema.ts';
import { activity, follower, ledgerObject, ORIGIN } from './samples.ts';

const DEPS = { sha256: sha256Hex };
const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const CREATE = activity('c', 'o');
const DELETE = activity('d', 'o', 'Delete');
const ACCEPT = activity('f', 'follow', 'Accept');

/** A store as the first Postern left it. */
const FIRST = `
  INSERT INTO followers (actor, inbox, shared_inbox, follow_id, since) VALUES
    ('${follower('a').actor}', '${follower('a').inbox}', '${A}', '${follower('a').followId}', '${follower('a').since}');
  INSERT INTO ledger (one, version, origin, actor_id, actor_digest, actor_revision) VALUES
    (1, 7, '${ORIGIN}', '${ORIGIN}/ap/actor.json', 'a0', 3);
  INSERT INTO ledger_objects (id, state, type, digest, revision, published, title, url, source) VALUES
    ('a', 'announced', 'Article', 'd0', 0, '2026-03-01T10:00:00Z', 'A title', 'a#page', 'content/posts/a.md');
  INSERT INTO activities (seq, id, type, object, json) VALUES
    (1, '${CREATE.id}', 'Create', 'o', '${JSON.stringify(CREATE.json)}'),
    (2, '${DELETE.id}', 'Delete', 'o', '${JSON.stringify(DELETE.json)}'),
    (3, '${ACCEPT.id}', 'Accept', 'follow', '${JSON.stringify(ACCEPT.json)}'),
    (4, 'unsent', 'Create', 'q', '{}');
  INSERT INTO deliveries (seq, activity, object, inbox, host, state, attempts, created_at, due_at, free_at, owner,
      last_status, last_error, finished_at) VALUES
    (3, 1, 'o', '${A}', 'a.example', 'delivered', 1, 5, 5, 5, NULL, 202, NULL, 9),
    (5, 1, 'o', '${B}', 'b.example', 'pending', 2, 5, 900, 900, NULL, 503, 'HTTP 503', NULL),
    (8, 2, 'o', '${A}', 'a.example', 'pending', 0, 6, 6, 70, 'former', NULL, NULL, NULL),
    (9, 2, 'o', '${B}', 'b.example', 'pending', 0, 6, 6, 6, NULL, NULL, NULL, NULL),
    (12, 3, 'follow', '${A}', 'a.example', 'pending', 0, 8, 8, 8, NULL, NULL, NULL, NULL);
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-migrations-'));
  file = join(folder, 'postern.db');
  const database = connect(file);
  migrate(database, MIGRATIONS.slice(0, 1));
  database.exec(FIRST);
  database.close();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a store of the first schema keeps all that it knew', async () => {
  const store = openSqliteStore(file);
  const known = { activityId: CREATE.id, createdAt: 5 };
  expect(await store.deliveries.ofActivity(CREATE.id)).toEqual([
    { ...known, inbox: A, state: 'delivered', attempts: 1, dueAt: 5, lastStatus: 202, finishedAt: 9 },
    { ...known, inbox: B, state: 'pending', attempts: 2, dueAt: 900, lastStatus: 503, lastError: 'HTTP 503' },
  ]);
  expect(await store.deliveries.counts()).toMatchObject({ delivered: 1, pending: 4 });
  expect(await store.followers.atInbox(A)).toEqual([follower('a').actor]);
  expect(await store.activities.get(DELETE.id)).toEqual(DELETE);
  const read = await store.ledger.read();
  expect(read?.version).toBe(7);
  expect(read?.ledger.actor).toEqual({ id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 3 });
  expect(await store.ledger.object('a')).toEqual(ledgerObject('a'));
  expect(await store.ledger.objectAt('a#page')).toEqual(ledgerObject('a'));
  expect(await store.ledger.outline()).toMatchObject({
    live: 1,
    buckets: new Map([[bucketOf(DEPS, 'a'), digestTold(DEPS, [ledgerObject('a')])]]),
  });
  expect((await store.ledger.part({ buckets: [bucketOf(DEPS, 'a')], ids: [] }))?.objects).toEqual([ledgerObject('a')]);
  await store.close();
});

test('who brings an older store forward is told, once; of a new one there is nothing to tell', async () => {
  const told: unknown[] = [];
  const open = (path: string) => openSqliteStore(path, { onMigrated: (migrated) => told.push(migrated) });
  for (let twice = 0; twice < 2; twice += 1) await open(file).close();
  expect(told).toEqual([{ file, from: 1, to: MIGRATIONS.length }]);
  for (let twice = 0; twice < 2; twice += 1) await open(join(folder, 'new.db')).close();
  expect(told).toHaveLength(1);
});

test('a ledger from before it was kept began when the store was brought forward', async () => {
  const before = Math.floor(Date.now() / 1_000) * 1_000;
  const store = openSqliteStore(file);
  const begun = (await store.ledger.read())?.ledger.begun ?? '';
  expect(begun).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Date.parse(begun)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(begun)).toBeLessThanOrEqual(Date.now());
  await store.close();
});

test('a process of the schema before can write no object past the digests', async () => {
  const database = connect(file);
  migrate(database, MIGRATIONS.slice(0, 2));
  const write = database.prepare(
    `INSERT INTO ledger_objects (id, state, type, digest, revision, published, title, url, source)
     VALUES ('a', 'deleted', 'Article', 'd1', 0, '', '', '', '') ON CONFLICT (id) DO UPDATE SET state = excluded.state`,
  );
  const store = openSqliteStore(file);
  expect(() => write.run()).toThrow();
  expect(await store.ledger.object('a')).toEqual(ledgerObject('a'));
  await store.close();
  database.close();
});

test('its queue goes on: by priority, without what a later activity supersedes, with leases that are held', async () => {
  const store = openSqliteStore(file);
  expect(await store.inboxes.get(A)).toEqual({ inbox: A, deliveredAt: 9 });
  const settled = { activityId: DELETE.id, inbox: A, owner: 'former' };
  const leased = await store.deliveries.lease({ owner: 'me', now: 69, leaseMs: 60, limit: 10 });
  expect(leased.map(({ activityId, inbox }) => [activityId, inbox])).toEqual([
    [ACCEPT.id, A],
    [DELETE.id, B],
  ]);
  expect((await store.deliveries.ofActivity(CREATE.id))[1]).toMatchObject({ state: 'superseded', finishedAt: 69 });
  expect(await store.deliveries.settle(settled, { state: 'delivered', status: 202 }, 69)).toBe(true);
  const later = activity('later', 'p');
  await store.activities.put(later, { now: 70 });
  await store.deliveries.enqueue(later.id, [A], { now: 70 });
  expect(await store.deliveries.troubled({ limit: 5 })).toMatchObject([
    { host: 'a.example', pending: 2 },
    { host: 'b.example', pending: 1 },
  ]);
  await store.close();
});

test('a lease from before is given back by its owner', async () => {
  const store = openSqliteStore(file);
  await store.deliveries.release('former');
  const leased = await store.deliveries.lease({ owner: 'me', now: 8, leaseMs: 60, limit: 10 });
  expect(leased.map(({ activityId, inbox }) => [activityId, inbox])).toContainEqual([DELETE.id, A]);
  await store.close();
});

test('its receipts fold', async () => {
  const store = openSqliteStore(file);
  expect(await store.deliveries.fold(10)).toEqual({ deliveries: 1, activities: 0 });
  expect((await store.deliveries.receipts('o')).folded).toEqual([{ type: 'Create', state: 'delivered', count: 1 }]);
  // When it was stored is not known, so it counts from now.
  expect(await store.activities.get('unsent')).toBeDefined();
  await store.close();
});

test('what a store of the third schema received is given to be handled again, oldest first', async () => {
  const third = join(folder, 'third.db');
  const database = connect(third);
  migrate(database, MIGRATIONS.slice(0, 3));
  database.exec(`
    INSERT INTO received (seq, id, type, actor, target, object, json, at) VALUES
      (7, 'like', 'Like', 'a', '${ORIGIN}/ap/posts/a.json', NULL, '{"id":"like"}', '2026-03-01T10:00:00Z'),
      (3, 'create', 'Create', 'b', '${ORIGIN}/ap/posts/a.json', 'note', '{"id":"create"}', '2026-04-01T10:00:00Z');
    INSERT INTO followers (actor, inbox, follow_id, since) VALUES ('f', 'i', 'id', '2026-03-01T10:00:00Z');
  `);
  database.close();
  const store = openSqliteStore(third);
  const target = `${ORIGIN}/ap/posts/a.json`;
  const create = { id: 'create', type: 'Create', actor: 'b', target, object: 'note', json: { id: 'create' } };
  const like = { id: 'like', type: 'Like', actor: 'a', target, json: { id: 'like' }, at: '2026-03-01T10:00:00Z' };
  expect(await store.inbound.kept(9)).toEqual([{ ...create, at: '2026-04-01T10:00:00Z' }, like]);
  expect(await store.inbound.kept(1)).toMatchObject([{ id: 'create' }]);
  await store.inbound.dropKept('create');
  await store.inbound.dropKept('create');
  expect(await store.inbound.kept(9)).toEqual([like]);
  expect((await store.sizes()).find(({ kind }) => kind === 'kept activities')?.count).toBe(1);
  expect(await store.followers.count()).toBe(1);
  expect(await store.interactions.list({ limit: 9 })).toEqual({ items: [], authors: [] });
  await store.close();
});

test('a store of the fourth schema keeps its ledger and has room for the account', async () => {
  const fourth = join(folder, 'fourth.db');
  const database = connect(fourth);
  migrate(database, MIGRATIONS.slice(0, 4));
  database.exec(`
    INSERT INTO ledger (one, version, origin, actor_id, actor_digest, actor_revision, begun) VALUES
      (1, 7, '${ORIGIN}', '${ORIGIN}/ap/actor.json', 'a0', 3, '2026-01-01T00:00:00Z');
    INSERT INTO ledger_objects (id, state, type, digest, revision, published, title, url, source, bucket) VALUES
      ('a', 'announced', 'Article', 'd0', 0, '2026-03-01T10:00:00Z', 'A title', 'a#page', 'content/posts/a.md',
       '${bucketOf(DEPS, 'a')}');
  `);
  database.close();
  const told: unknown[] = [];
  const store = openSqliteStore(fourth, { onMigrated: ({ from, to }) => told.push([from, to]) });
  expect(told).toEqual([[4, MIGRATIONS.length]]);
  expect((await store.ledger.read())?.ledger.actor).toEqual({
    id: `${ORIGIN}/ap/actor.json`,
    digest: 'a0',
    revision: 3,
  });
  expect(await store.ledger.object('a')).toEqual(ledgerObject('a'));
  expect(await store.reading.newest(9)).toEqual([]);
  const at = '2026-03-01T10:00:00Z';
  await store.following.put({ actor: 'a', state: 'accepted', activity: 'b', at });
  expect(await store.answers.vote({ poll: 'p', actor: 'a', option: 1, multiple: false, inbox: A, at })).toBe('counted');
  await store.close();
  const again = openSqliteStore(fourth);
  expect(await again.following.get('a')).toEqual({ actor: 'a', state: 'accepted', activity: 'b', at });
  expect(await again.answers.tally('p')).toEqual({ votes: [0, 1], voters: 1 });
  await again.close();
});

test('the schema is the same whether it was brought forward or made new', () => {
  const schemaOf = (path: string) => {
    const database = connect(path);
    migrate(database);
    const rows = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
    const violations = database.prepare('PRAGMA foreign_key_check').all();
    database.close();
    return { rows, violations };
  };
  const forward = schemaOf(file);
  expect(forward.violations).toEqual([]);
  expect(forward).toEqual(schemaOf(join(folder, 'new.db')));
});

import type { LedgerObject } from '../../federation/ledger.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { ledgerBuckets, storedBucket } from './sqlite-ledger-buckets.ts';
import {
  ACTOR_COLUMNS,
  APPROVAL_COLUMNS,
  actorOf,
  actorValues,
  approvalValues,
  ledgerOf,
  OBJECT_COLUMNS,
  objectOf,
  objectValues,
  SOURCE_COLUMNS,
  sourceValues,
} from './sqlite-ledger-rows.ts';
import { integer, type Row, storable, text } from './sqlite-rows.ts';
import type { LedgerChange, LedgerStore } from './store.ts';

/** The ledger in SQLite: one row of its own with the version, and one row for each object. */
export function sqliteLedger(database: SqliteDatabase): LedgerStore {
  return { ...reading(database), ...writing(database) };
}

function reading(
  database: SqliteDatabase,
): Pick<LedgerStore, 'read' | 'outline' | 'part' | 'object' | 'objectAt' | 'head'> {
  const head = database.prepare('SELECT * FROM ledger');
  // Asked for with each request to the inbox.
  const actor = database.prepare(`SELECT version, ${ACTOR_COLUMNS} FROM ledger`);
  const { readAll, readPart, readSending } = manyObjects(database);
  const { readOne, readAt } = singleObjects(database);
  const { read: readBuckets } = ledgerBuckets(database);

  return {
    read: async () =>
      database.read(() => {
        const row = head.get();
        return row && { ledger: ledgerOf(row, readAll()), version: integer(row, 'version') };
      }),
    outline: async () =>
      database.read(() => {
        const row = head.get();
        if (!row) return undefined;
        const { objects: _, ...ledger } = ledgerOf(row, []);
        return { ledger, version: integer(row, 'version'), ...readBuckets(), sending: readSending() };
      }),
    part: async ({ buckets, ids }) =>
      database.read(() => {
        const row = head.get();
        return row && { objects: readPart(buckets, ids), version: integer(row, 'version') };
      }),
    object: async (id) => database.read(() => readOne(id)),
    objectAt: async (url) => database.read(() => readAt(url)),
    head: async () => {
      const row = actor.get();
      return row && { actor: actorOf(row), version: integer(row, 'version') };
    },
  };
}

function writing(database: SqliteDatabase): Pick<LedgerStore, 'begin' | 'compareAndSwap' | 'collect'> {
  const headColumns = ['origin', 'begun', ...ACTOR_COLUMNS, ...SOURCE_COLUMNS, ...APPROVAL_COLUMNS];
  const begin = database.prepare(
    `INSERT INTO ledger (one, version, ${headColumns}) VALUES (1, 1, ${headColumns.map(() => '?')}) ON CONFLICT DO NOTHING`,
  );
  const advance = database.prepare('UPDATE ledger SET version = version + 1 WHERE version = ?');
  const writeActor = database.prepare(`UPDATE ledger SET (${ACTOR_COLUMNS}) = (${ACTOR_COLUMNS.map(() => '?')})`);
  const writeSource = database.prepare(`UPDATE ledger SET (${SOURCE_COLUMNS}) = (${SOURCE_COLUMNS.map(() => '?')})`);
  const writeApproval = database.prepare(
    `UPDATE ledger SET (${APPROVAL_COLUMNS}) = (${APPROVAL_COLUMNS.map(() => '?')})`,
  );
  const putAll = puttingObjects(database);

  const apply = ({ actor, objects = [], source, approved }: LedgerChange): void => {
    if (actor) writeActor.run(...actorValues(actor));
    if (source) writeSource.run(...sourceValues(source));
    if (approved) writeApproval.run(...approvalValues(approved));
    putAll(objects);
  };

  return {
    begin: async ({ origin, begun, actor, source, approved, objects }) =>
      database.write('lasting', () => {
        const values = [...actorValues(actor), ...sourceValues(source), ...approvalValues(approved)];
        if (begin.run(origin, begun, ...values) === 0) return false;
        putAll(objects.values());
        return true;
      }),
    compareAndSwap: async (version, change) =>
      database.write('lasting', () => {
        if (advance.run(version) === 0) return undefined;
        apply(change);
        return version + 1;
      }),
    // A transaction leaves nothing behind.
    collect: async () => 0,
  };
}

/** Writes objects with the addresses that they had before, and what is kept of their buckets. */
function puttingObjects(database: SqliteDatabase): (objects: Iterable<LedgerObject>) => void {
  const write = database.prepare(
    `INSERT INTO ledger_objects (bucket, ${OBJECT_COLUMNS}) VALUES (?, ${OBJECT_COLUMNS.map(() => '?')})
     ON CONFLICT (id) DO UPDATE SET ${OBJECT_COLUMNS.map((column) => `${column} = excluded.${column}`)}`,
  );
  const forgetFormers = database.prepare('DELETE FROM ledger_former_urls WHERE object = ?');
  const writeFormer = database.prepare('INSERT INTO ledger_former_urls (object, place, url) VALUES (?, ?, ?)');
  const { refresh } = ledgerBuckets(database);

  return (objects) => {
    const buckets = new Set<string>();
    for (const object of objects) {
      const bucket = storedBucket(object.id);
      buckets.add(bucket);
      write.run(bucket, ...objectValues(object));
      forgetFormers.run(object.id);
      for (const [place, url] of (object.formerUrls ?? []).entries()) writeFormer.run(object.id, place, url);
    }
    refresh(buckets);
  };
}

/** Reads objects, many at once, with the addresses that they had before. */
function manyObjects(database: SqliteDatabase) {
  const all = database.prepare('SELECT * FROM ledger_objects ORDER BY seq');
  const formers = database.prepare('SELECT object, url FROM ledger_former_urls ORDER BY object, place');
  const part = database.prepare(
    `SELECT * FROM ledger_objects WHERE seq IN (
       SELECT seq FROM ledger_objects WHERE bucket IN (SELECT value FROM json_each(?))
       UNION SELECT seq FROM ledger_objects WHERE id IN (SELECT value FROM json_each(?))
     ) ORDER BY seq`,
  );
  const formersIn = database.prepare(
    'SELECT object, url FROM ledger_former_urls WHERE object IN (SELECT value FROM json_each(?)) ORDER BY object, place',
  );
  const sending = database.prepare('SELECT id FROM ledger_objects WHERE sending IS NOT NULL');

  const withFormers = (rows: readonly Row[]): LedgerObject[] =>
    joined(rows, formersIn.all(JSON.stringify(rows.map((row) => text(row, 'id')))));

  return {
    readAll: (): LedgerObject[] => joined(all.all(), formers.all()),
    readPart: (buckets: Iterable<string>, ids: Iterable<string>): LedgerObject[] =>
      withFormers(part.all(JSON.stringify([...buckets]), JSON.stringify([...ids].map(storable)))),
    readSending: (): string[] => sending.all().map((row) => text(row, 'id')),
  };
}

/** Reads one object, by its id or its address, with the addresses that it had before. */
function singleObjects(database: SqliteDatabase) {
  const one = database.prepare('SELECT * FROM ledger_objects WHERE id = ?');
  // Where a page had several objects, one that is not deleted goes first, then the newest.
  const liveFirst = `ORDER BY state = 'deleted', seq DESC LIMIT 1`;
  const at = database.prepare(`SELECT * FROM ledger_objects WHERE url = ? ${liveFirst}`);
  const formerlyAt = database.prepare(
    `SELECT * FROM ledger_objects WHERE id IN (SELECT object FROM ledger_former_urls WHERE url = ?) ${liveFirst}`,
  );
  const formersOf = database.prepare('SELECT url FROM ledger_former_urls WHERE object = ? ORDER BY place');

  const whole = (row: Row | undefined): LedgerObject | undefined =>
    row &&
    objectOf(
      row,
      formersOf.all(text(row, 'id')).map((each) => text(each, 'url')),
    );

  return {
    readOne: (id: string) => whole(one.get(id)),
    readAt: (url: string) => whole(at.get(url) ?? formerlyAt.get(url)),
  };
}

/** Objects with their former addresses, which are in the order of their places. */
function joined(rows: readonly Row[], formers: readonly Row[]): LedgerObject[] {
  const urls = new Map<string, string[]>();
  for (const row of formers) {
    const id = text(row, 'object');
    urls.set(id, [...(urls.get(id) ?? []), text(row, 'url')]);
  }
  return rows.map((row) => objectOf(row, urls.get(text(row, 'id')) ?? []));
}

import { priorityOf } from '../../federation/delivery.ts';
import { activityNotStored, DELIVERY_STATES, hostOfInbox } from './delivery-rules.ts';
import { stampOf } from './sqlite-consent.ts';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
import { healthOf } from './sqlite-hosts.ts';
import { authorOf, keptOf } from './sqlite-interaction-rows.ts';
import type { SqliteInteractions } from './sqlite-interactions.ts';
import { deliveryOf } from './sqlite-receipts.ts';
import { integer, jsonObject, maybeInteger, oneOf, type Row, storable, text } from './sqlite-rows.ts';
import type { KeptDelivery, TransferStore } from './transfer-store.ts';

/** Rows that are read at once: others may write between two readings. */
const SOME = 500;

/** What takes a store in SQLite elsewhere. */
export function sqliteTransfer(database: SqliteDatabase, interactions: SqliteInteractions): TransferStore {
  return {
    ...ofDeliveries(database),
    ...ofWhatWasSaid(database, interactions),
    ...ofMarks(database),
  };
}

type Deliveries = 'activities' | 'deliveries' | 'putDeliveries' | 'folded' | 'putFolded' | 'hosts';

function ofDeliveries(database: SqliteDatabase): Pick<TransferStore, Deliveries> {
  const activities = database.prepare('SELECT * FROM activities WHERE seq > ? ORDER BY seq LIMIT ?');
  const deliveries = database.prepare(
    `SELECT d.*, a.id FROM deliveries d JOIN activities a ON a.seq = d.activity WHERE d.seq > ? ORDER BY d.seq LIMIT ?`,
  );
  const folded = database.prepare('SELECT * FROM folded_receipts');
  const fold = database.prepare(
    `INSERT INTO folded_receipts (object, type, state, count) VALUES (?, ?, ?, ?)
     ON CONFLICT (object, type, state) DO UPDATE SET count = excluded.count`,
  );
  const hosts = database.prepare('SELECT * FROM hosts');
  const put = deliveryPut(database);
  return {
    activities: () =>
      walk(activities, (row) => ({
        activity: {
          id: text(row, 'id'),
          type: text(row, 'type'),
          object: text(row, 'object'),
          json: jsonObject(row, 'json'),
        },
        createdAt: integer(row, 'created_at'),
      })),
    deliveries: () =>
      walk(deliveries, (row) => ({
        ...deliveryOf(row),
        ...maybeInteger(row, 'noted_at', 'notedAt'),
        outdated: integer(row, 'outdated') === 1,
      })),
    putDeliveries: async (all) => database.write('lasting', () => all.forEach(put)),
    folded: async function* () {
      for (const row of folded.all())
        yield {
          object: text(row, 'object'),
          type: text(row, 'type'),
          state: oneOf(row, 'state', DELIVERY_STATES),
          count: integer(row, 'count'),
        };
    },
    putFolded: async (counts) =>
      database.write('lasting', () => {
        for (const { object, type, state, count } of counts) fold.run(object, type, state, count);
      }),
    hosts: async function* () {
      for (const row of hosts.all()) yield healthOf(row);
    },
  };
}

function deliveryPut(database: SqliteDatabase): (kept: KeptDelivery) => void {
  const find = database.prepare('SELECT seq, type, object FROM activities WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO deliveries (activity, object, inbox, host, priority, state, attempts, created_at, due_at, free_at, phase,
       outdated, last_status, last_error, noted_at, finished_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 0, ?10, ?11, ?12, ?13, ?14)
     ON CONFLICT (activity, inbox) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
       created_at = excluded.created_at, due_at = excluded.due_at, free_at = excluded.free_at, phase = 0, owner = NULL,
       outdated = excluded.outdated, last_status = excluded.last_status, last_error = excluded.last_error,
       noted_at = excluded.noted_at, finished_at = excluded.finished_at`,
  );
  return (kept) => {
    const { activityId, state, attempts, createdAt, dueAt, outdated } = kept;
    const { lastStatus = null, lastError = null, notedAt = null, finishedAt = null } = kept;
    const activity = find.get(activityId);
    if (activity === undefined) throw activityNotStored(activityId);
    const inbox = storable(kept.inbox);
    const priority = priorityOf(text(activity, 'type'));
    const facts = [state, attempts, createdAt, dueAt, outdated ? 1 : 0, lastStatus, lastError, notedAt, finishedAt];
    insert.run(integer(activity, 'seq'), text(activity, 'object'), inbox, hostOfInbox(inbox), priority, ...facts);
  };
}

function ofWhatWasSaid(
  database: SqliteDatabase,
  { restore }: SqliteInteractions,
): Pick<TransferStore, 'interactions' | 'putInteractions' | 'stamps' | 'feedSecret'> {
  const said = database.prepare('SELECT * FROM interactions WHERE seq > ? ORDER BY seq LIMIT ?');
  const author = database.prepare('SELECT * FROM authors WHERE actor = ?');
  const stamps = database.prepare('SELECT * FROM stamps WHERE seq > ? ORDER BY seq LIMIT ?');
  const secret = database.prepare(`SELECT value FROM secrets WHERE name = 'notifications'`);
  return {
    interactions: async function* () {
      for await (const kept of walk(said, keptOf)) {
        const row = author.get(kept.interaction.actor);
        // Taken back between two looks.
        if (row) yield { ...kept, author: authorOf(row) };
      }
    },
    putInteractions: async (all) =>
      database.write('lasting', () => {
        for (const { author: by, ...kept } of all) restore(kept, by);
        return 0;
      }),
    stamps: () => walk(stamps, stampOf),
    feedSecret: async () => {
      const row = secret.get();
      return row && text(row, 'value');
    },
  };
}

function ofMarks(database: SqliteDatabase): Pick<TransferStore, 'seen' | 'putSeen' | 'told'> {
  const told = database.prepare('SELECT * FROM told');
  const first = database.prepare(`SELECT * FROM seen WHERE id >= '' ORDER BY id LIMIT ?`);
  const next = database.prepare('SELECT * FROM seen WHERE id > ? ORDER BY id LIMIT ?');
  const mark = database.prepare(
    'INSERT INTO seen (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = max(at, excluded.at)',
  );
  return {
    seen: async function* () {
      for (let rows = first.all(SOME); ; ) {
        for (const row of rows) yield { name: text(row, 'id'), at: integer(row, 'at') };
        const last = rows.at(-1);
        if (rows.length < SOME || last === undefined) return;
        rows = next.all(text(last, 'id'), SOME);
      }
    },
    told: async function* () {
      for (const row of told.all()) yield { object: text(row, 'object'), digest: text(row, 'digest') };
    },
    putSeen: async (marks) =>
      database.write('lasting', () => {
        for (const { name, at } of marks) mark.run(name, at);
      }),
  };
}

/** Rows in the order of their numbers, some at a time. */
async function* walk<Item>(statement: SqliteStatement, itemOf: (row: Row) => Item): AsyncIterable<Item> {
  let last = 0;
  for (;;) {
    const rows = statement.all(last, SOME);
    for (const row of rows) {
      last = integer(row, 'seq');
      yield itemOf(row);
    }
    if (rows.length < SOME) return;
  }
}

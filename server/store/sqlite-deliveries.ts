import type { Delivery, DeliveryState } from '../../federation/delivery.ts';
import { activityNotStored, DELIVERY_STATES, hostOfInbox } from './delivery-rules.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { IS_NEXT_OF_ITS_OBJECT, sqliteLease } from './sqlite-lease.ts';
import { integer, maybeInteger, maybeText, oneOf, type Row, storable, text } from './sqlite-rows.ts';
import type { DeliveryStore } from './store.ts';

/** Deliveries in SQLite. Only what asks for one is lasting: a lease or a receipt that a power cut takes is made again. */
export function sqliteDeliveries(database: SqliteDatabase): DeliveryStore {
  const { enqueue, settle } = deliveryWrites(database);
  const release = database.prepare('UPDATE deliveries SET owner = NULL, free_at = due_at WHERE owner = ?');
  const abandon = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_in_order SET state = 'gone', owner = NULL, last_error = ?, finished_at = ?
     WHERE inbox = ? AND state = 'pending'`,
  );
  const counts = database.prepare('SELECT state, count(*) AS n FROM deliveries GROUP BY state');
  const nextDue = database.prepare(
    `SELECT d.free_at FROM deliveries d INDEXED BY deliveries_by_time WHERE d.state = 'pending' AND ${IS_NEXT_OF_ITS_OBJECT}
     ORDER BY d.free_at LIMIT 1`,
  );
  const ofActivity = database.prepare(
    'SELECT d.* FROM deliveries d JOIN activities a ON a.seq = d.activity WHERE a.id = ? ORDER BY d.seq',
  );

  return {
    enqueue,
    lease: sqliteLease(database),
    settle,
    release: async (owner) => {
      database.write('repeatable', () => release.run(owner));
    },
    abandon: async (inbox, reason, now) => database.write('repeatable', () => abandon.run(reason, now, inbox)),
    counts: async () => {
      const found: Record<DeliveryState, number> = { pending: 0, delivered: 0, failed: 0, gone: 0 };
      for (const row of counts.all()) found[oneOf(row, 'state', DELIVERY_STATES)] = integer(row, 'n');
      return found;
    },
    nextDue: async () => {
      const row = nextDue.get();
      return row && integer(row, 'free_at');
    },
    ofActivity: async (activityId) => ofActivity.all(activityId).map((row) => deliveryOf(row, activityId)),
  };
}

function deliveryWrites(database: SqliteDatabase): Pick<DeliveryStore, 'enqueue' | 'settle'> {
  const activity = database.prepare('SELECT seq, object FROM activities WHERE id = ?');
  // One statement for all inboxes: ten thousand of them are one call into the driver.
  const insert = (onConflict: string) =>
    database.prepare(
      `INSERT INTO deliveries (activity, object, inbox, host, state, attempts, created_at, due_at, free_at)
       SELECT ?1, ?2, value ->> 0, value ->> 1, 'pending', 0, ?3, ?3, ?3 FROM json_each(?4) WHERE true ORDER BY key
       ON CONFLICT (activity, inbox) DO ${onConflict}`,
    );
  const create = insert('NOTHING');
  const createOrRestart = insert(
    `UPDATE SET state = 'pending', attempts = 0, created_at = excluded.created_at, due_at = excluded.due_at,
       free_at = excluded.free_at, owner = NULL, last_status = NULL, last_error = NULL, finished_at = NULL
     WHERE deliveries.state <> 'pending'`,
  );
  const settle = database.prepare(
    `UPDATE deliveries SET state = ?1, attempts = attempts + 1, owner = NULL, last_status = ?2, last_error = ?3,
       due_at = coalesce(?4, due_at), free_at = coalesce(?4, due_at), finished_at = ?5
     WHERE activity = (SELECT seq FROM activities WHERE id = ?6) AND inbox = ?7 AND owner = ?8 AND state = 'pending'`,
  );

  return {
    enqueue: async (activityId, inboxes, { now, again = false }) =>
      database.write('lasting', () => {
        const row = activity.get(activityId);
        if (row === undefined) throw activityNotStored(activityId);
        const targets = JSON.stringify(inboxes.map((inbox) => [storable(inbox), hostOfInbox(storable(inbox))]));
        return (again ? createOrRestart : create).run(integer(row, 'seq'), text(row, 'object'), now, targets);
      }),
    settle: async ({ activityId, inbox, owner }, after, now) => {
      const status = 'status' in after ? (after.status ?? null) : null;
      const error = 'error' in after ? (after.error ?? null) : null;
      const [dueAt, finishedAt] = after.state === 'pending' ? [after.dueAt, null] : [null, now];
      return database.write(
        'repeatable',
        () => settle.run(after.state, status, error, dueAt, finishedAt, activityId, inbox, owner) > 0,
      );
    },
  };
}

function deliveryOf(row: Row, activityId: string): Delivery {
  return {
    activityId,
    inbox: text(row, 'inbox'),
    state: oneOf(row, 'state', DELIVERY_STATES),
    attempts: integer(row, 'attempts'),
    createdAt: integer(row, 'created_at'),
    dueAt: integer(row, 'due_at'),
    ...maybeInteger(row, 'last_status', 'lastStatus'),
    ...maybeText(row, 'last_error', 'lastError'),
    ...maybeInteger(row, 'finished_at', 'finishedAt'),
  };
}

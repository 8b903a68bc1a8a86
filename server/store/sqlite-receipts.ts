import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from '../../federation/delivery.ts';
import { DELIVERY_STATES, noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { IS_NEXT_OF_ITS_OBJECT } from './sqlite-queue-terms.ts';
import { integer, maybeInteger, maybeText, oneOf, type Row, storable, text } from './sqlite-rows.ts';

/** What is known of deliveries afterwards, in SQLite. */
export function sqliteReceipts(
  database: SqliteDatabase,
): Pick<DeliveryStore, 'ofActivity' | 'progress' | 'receipts' | 'fold'> {
  const ofActivity = database.prepare(
    'SELECT d.*, a.id FROM deliveries d JOIN activities a ON a.seq = d.activity WHERE a.id = ? ORDER BY d.seq',
  );
  const ofObject = database.prepare(
    `SELECT d.*, a.id, a.type FROM activities a CROSS JOIN deliveries d ON d.activity = a.seq WHERE a.object = ?
     ORDER BY d.seq`,
  );
  const folded = database.prepare(
    'SELECT type, state, count FROM folded_receipts WHERE object = ? ORDER BY type, state',
  );

  return {
    ofActivity: async (activityId) => ofActivity.all(activityId).map(deliveryOf),
    progress: counting(database),
    receipts: async (object) =>
      database.read(() => ({
        deliveries: ofObject.all(object).map((row) => ({
          ...deliveryOf(row),
          type: text(row, 'type'),
          host: text(row, 'host'),
        })),
        folded: folded.all(object).map((row) => ({
          type: text(row, 'type'),
          state: oneOf(row, 'state', DELIVERY_STATES),
          count: integer(row, 'count'),
        })),
      })),
    fold: folding(database),
  };
}

function counting(database: SqliteDatabase): DeliveryStore['progress'] {
  const progress = database.prepare(
    `SELECT d.state, count(*) AS n, sum(d.state = 'pending' AND (d.owner IS NOT NULL
       OR (d.free_at <= ?2 AND ${IS_NEXT_OF_ITS_OBJECT}))) AS due
     FROM activities a CROSS JOIN deliveries d ON d.activity = a.seq
     WHERE a.id IN (SELECT value FROM json_each(?1)) GROUP BY d.state`,
  );

  return async (activityIds, now) => {
    const counts = noDeliveries();
    let due = 0;
    for (const row of progress.all(JSON.stringify(activityIds.map(storable)), now)) {
      counts[oneOf(row, 'state', DELIVERY_STATES)] = integer(row, 'n');
      due += integer(row, 'due');
    }
    return { counts, due };
  };
}

/** Rows in one transaction of a fold: others get the write lock in between. */
const FOLD_BATCH = 1_000;

/** Failed ones go first: `retry` must still find what superseded them. */
const FINAL_STATES = ['failed', 'superseded', 'gone', 'delivered'] as const;

function folding(database: SqliteDatabase): DeliveryStore['fold'] {
  const isToldOf = (activity: string): string =>
    `(${activity} IN (SELECT sending FROM ledger_objects INDEXED BY ledger_objects_sending WHERE sending IS NOT NULL)
      OR ${activity} IN (SELECT actor_sending FROM ledger WHERE actor_sending IS NOT NULL))`;
  // A publish that is finished later asks for its deliveries again, and must find those that were made.
  const ended = `SELECT d.seq FROM deliveries d INDEXED BY deliveries_by_end JOIN activities a ON a.seq = d.activity
    WHERE d.state <> 'pending' AND d.state = ?1 AND d.finished_at < ?2 AND NOT ${isToldOf('a.id')}
    ORDER BY d.finished_at, d.seq LIMIT ${FOLD_BATCH}`;
  const count = database.prepare(
    `INSERT INTO folded_receipts (object, type, state, count)
     SELECT d.object, a.type, d.state, count(*) FROM deliveries d JOIN activities a ON a.seq = d.activity
     WHERE d.seq IN (${ended}) GROUP BY d.object, a.type, d.state
     ON CONFLICT (object, type, state) DO UPDATE SET count = count + excluded.count`,
  );
  const drop = database.prepare(`DELETE FROM deliveries WHERE seq IN (${ended})`);
  const dropActivities = database.prepare(
    `DELETE FROM activities WHERE seq IN (
       SELECT a.seq FROM activities a INDEXED BY activities_by_age
       WHERE a.created_at < ?1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.activity = a.seq)
         AND NOT ${isToldOf('a.id')}
       LIMIT ${FOLD_BATCH})`,
  );

  return async (before) => {
    let deliveries = 0;
    for (const state of FINAL_STATES) {
      deliveries += await inBatches(database, () => {
        count.run(state, before);
        return drop.run(state, before);
      });
    }
    return { deliveries, activities: await inBatches(database, () => dropActivities.run(before)) };
  };
}

/** Runs a batch, each in its own transaction, until one changes nothing more. Gives how many were changed. */
async function inBatches(database: SqliteDatabase, batch: () => number): Promise<number> {
  for (let total = 0; ; ) {
    const changed = database.write('repeatable', batch);
    total += changed;
    if (changed < FOLD_BATCH) return total;
    await turn();
  }
}

/** A delivery from its row and the id of its activity. */
export function deliveryOf(row: Row): Delivery {
  return {
    activityId: text(row, 'id'),
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

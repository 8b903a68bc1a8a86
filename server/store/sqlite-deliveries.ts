import { DELIVERY_STATES, noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteEnqueue } from './sqlite-enqueue.ts';
import { sqliteHostDeliveries } from './sqlite-host-deliveries.ts';
import { sqliteLease } from './sqlite-lease.ts';
import { IS_NEXT_OF_ITS_OBJECT, WAITS } from './sqlite-queue-terms.ts';
import { sqliteReceipts } from './sqlite-receipts.ts';
import { integer, oneOf } from './sqlite-rows.ts';
import { sqliteSettle } from './sqlite-settle.ts';

/** Deliveries in SQLite. Only what asks for one is lasting: a lease or a receipt that a power cut takes is made again. */
export function sqliteDeliveries(database: SqliteDatabase): DeliveryStore {
  return {
    enqueue: sqliteEnqueue(database),
    lease: sqliteLease(database),
    settle: sqliteSettle(database),
    ...endings(database),
    ...looks(database),
    ...sqliteReceipts(database),
    ...sqliteHostDeliveries(database),
  };
}

function endings(database: SqliteDatabase): Pick<DeliveryStore, 'release' | 'abandon' | 'supersedeAll'> {
  const free = 'UPDATE deliveries SET owner = NULL, free_at = due_at, phase = 0';
  const release = database.prepare(`${free} WHERE state = 'pending' AND phase IN (2, 3) AND owner = ?`);
  const releaseOne = database.prepare(
    `${free} WHERE activity = (SELECT seq FROM activities WHERE id = ?) AND inbox = ? AND owner = ?`,
  );
  const abandon = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_in_order
     SET state = 'gone', phase = 0, owner = NULL, last_error = ?1, noted_at = ?2, finished_at = ?2
     WHERE inbox = ?3 AND state = 'pending'`,
  );
  const isOther = 'activity IS NOT (SELECT seq FROM activities WHERE id = ?1)';
  const outdate = database.prepare(
    `UPDATE deliveries SET outdated = 1
     WHERE (state = 'failed' OR (state = 'pending' AND owner IS NOT NULL)) AND ${isOther}`,
  );
  const supersede = database.prepare(
    `UPDATE deliveries SET state = 'superseded', phase = 0, finished_at = ?2 WHERE ${WAITS} AND ${isOther}`,
  );

  return {
    release: async (owner, only) => {
      database.write('repeatable', () => {
        if (only === undefined) release.run(owner);
        else for (const { activityId, inbox } of only) releaseOne.run(activityId, inbox, owner);
      });
    },
    abandon: async (inbox, reason, now) => database.write('repeatable', () => abandon.run(reason, now, inbox)),
    supersedeAll: async ({ except, now }) =>
      database.write('lasting', () => {
        outdate.run(except);
        return supersede.run(except, now);
      }),
  };
}

const PHASES = [0, 1, 2, 3] as const;

function looks(database: SqliteDatabase): Pick<DeliveryStore, 'counts' | 'nextDue' | 'leased'> {
  const pending = `SELECT count(*) FROM deliveries INDEXED BY deliveries_by_time WHERE state = 'pending'`;
  const counts = database.prepare(
    `SELECT 'pending' AS state, (${pending}) AS n UNION ALL
     SELECT state, count(*) FROM deliveries INDEXED BY deliveries_by_end WHERE state <> 'pending' GROUP BY state`,
  );
  const next = database.prepare(
    `SELECT d.free_at FROM deliveries d INDEXED BY deliveries_by_time
     WHERE d.state = 'pending' AND d.phase = ? AND ${IS_NEXT_OF_ITS_OBJECT} ORDER BY d.free_at LIMIT 1`,
  );
  const leased = database.prepare(
    `SELECT count(*) AS n FROM deliveries INDEXED BY deliveries_by_time
     WHERE state = 'pending' AND phase IN (2, 3) AND free_at > ?`,
  );

  return {
    counts: async () => {
      const found = noDeliveries();
      for (const row of counts.all()) found[oneOf(row, 'state', DELIVERY_STATES)] = integer(row, 'n');
      return found;
    },
    nextDue: async () => {
      const times = database
        .read(() => PHASES.flatMap((phase) => next.all(phase)))
        .map((row) => integer(row, 'free_at'));
      return times.length === 0 ? undefined : Math.min(...times);
    },
    leased: async (now) => integer(leased.get(now) ?? {}, 'n'),
  };
}

import type { DeliveryStore, HostQueue } from './delivery-store.ts';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
import { healthOf } from './sqlite-hosts.ts';
import { IS_NEXT_OF_ITS_OBJECT, IS_SUPERSEDED, OF_HOST, started, WAITS } from './sqlite-queue-terms.ts';
import { integer, maybeInteger, maybeText, type Row, text } from './sqlite-rows.ts';

/** What is done to all that waits for one host, in SQLite. */
export function sqliteHostDeliveries(
  database: SqliteDatabase,
): Pick<DeliveryStore, 'troubled' | 'retry' | 'postpone' | 'hasten' | 'giveUp'> {
  const giveUp = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_by_host
     SET state = 'failed', phase = 0, last_error = ?3, noted_at = ?4, finished_at = ?4
     WHERE ${OF_HOST} AND ${WAITS} AND created_at < ?2`,
  );

  return {
    troubled: troubles(database),
    ...retries(database),
    postpone: postponing(database),
    giveUp: async (host, { createdBefore, error, now }) =>
      database.write('repeatable', () => giveUp.run(host, createdBefore, error, now)),
  };
}

function retries(database: SqliteDatabase): Pick<DeliveryStore, 'retry' | 'hasten'> {
  const restart = `SET ${started('?2', '?2', '1')} WHERE state = 'failed' AND NOT ${IS_SUPERSEDED}`;
  const hasten = `SET due_at = ?2, free_at = ?2, phase = 1 WHERE ${WAITS} AND due_at > ?2`;
  const ofOne = {
    resume: database.prepare('DELETE FROM postponed WHERE host = ?1'),
    restart: database.prepare(`UPDATE deliveries INDEXED BY deliveries_by_host ${restart} AND ${OF_HOST}`),
    hasten: database.prepare(`UPDATE deliveries INDEXED BY deliveries_by_host ${hasten} AND ${OF_HOST}`),
  };
  const ofAll = {
    resume: database.prepare('DELETE FROM postponed WHERE ?1 IS NULL'),
    restart: database.prepare(`UPDATE deliveries ${restart} AND ?1 IS NULL`),
    hasten: database.prepare(`UPDATE deliveries ${hasten} AND ?1 IS NULL`),
  };

  return {
    retry: async ({ host = null, now }) =>
      database.write('repeatable', () => {
        const statements = host === null ? ofAll : ofOne;
        statements.resume.run(host);
        return statements.restart.run(host, now) + statements.hasten.run(host, now);
      }),
    hasten: async (host, now) => {
      database.write('repeatable', () => {
        ofOne.resume.run(host);
        ofOne.hasten.run(host, now);
      });
    },
  };
}

function postponing(database: SqliteDatabase): DeliveryStore['postpone'] {
  const remember = database.prepare('INSERT OR REPLACE INTO postponed (host, probe_at, rest_at) VALUES (?, ?, ?)');
  // What would come first at the time of the probe.
  const probe = database.prepare(
    `SELECT d.seq FROM deliveries d INDEXED BY deliveries_by_host
     WHERE d.state IN ('pending', 'failed', 'gone') AND d.host = ?1 AND d.state = 'pending' AND d.owner IS NULL
       AND ${IS_NEXT_OF_ITS_OBJECT}
     ORDER BY max(d.due_at, ?2), d.priority, d.due_at, d.seq LIMIT 1`,
  );
  const putOff = 'SET due_at = max(due_at, ?2), free_at = max(due_at, ?2), phase = 0';
  const putOffProbe = database.prepare(`UPDATE deliveries ${putOff} WHERE seq = ?1`);
  const putOffOthers = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_by_host ${putOff} WHERE ${OF_HOST} AND ${WAITS} AND due_at < ?2 AND seq <> ?3`,
  );

  return async (host, { probeAt, restAt }) => {
    database.write('repeatable', () => {
      remember.run(host, probeAt, restAt);
      const row = probe.get(host, probeAt);
      const seq = row === undefined ? 0 : integer(row, 'seq');
      putOffProbe.run(seq, probeAt);
      putOffOthers.run(host, restAt, seq);
    });
  };
}

function troubles(database: SqliteDatabase): DeliveryStore['troubled'] {
  const queues = database.prepare(
    `SELECT d.host, d.pending, d.failed, d.gone, d.next_due, h.failures, h.failing_since, h.failed_days, h.last_failure_at,
       h.open_until
     FROM (
       SELECT host, sum(state = 'pending') AS pending, sum(state = 'failed') AS failed, sum(state = 'gone') AS gone,
         min(iif(state = 'pending', free_at, NULL)) AS next_due
       FROM deliveries INDEXED BY deliveries_by_host WHERE state IN ('pending', 'failed', 'gone') GROUP BY host
     ) d LEFT JOIN hosts h ON h.host = d.host
     ORDER BY h.failing_since IS NULL, h.failing_since, d.host LIMIT ?`,
  );
  const latest = database.prepare(
    `SELECT last_status, last_error FROM deliveries INDEXED BY deliveries_by_host WHERE ${OF_HOST} AND noted_at IS NOT NULL
     ORDER BY noted_at DESC, seq DESC LIMIT 1`,
  );
  return async ({ limit }) => database.read(() => queues.all(limit).map((row) => hostQueueOf(row, latest)));
}

function hostQueueOf(row: Row, latest: SqliteStatement): HostQueue {
  const host = text(row, 'host');
  const last = latest.get(host);
  return {
    host,
    pending: integer(row, 'pending'),
    failed: integer(row, 'failed'),
    gone: integer(row, 'gone'),
    ...maybeInteger(row, 'next_due', 'nextDue'),
    ...(last
      ? { ...maybeInteger(last, 'last_status', 'lastStatus'), ...maybeText(last, 'last_error', 'lastError') }
      : {}),
    ...(row.failures === null ? {} : { health: healthOf(row) }),
  };
}

import type { LeasedDelivery } from '../../federation/delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { IS_NEXT_OF_ITS_OBJECT } from './sqlite-queue-terms.ts';
import { integer, parsedObject, parsedRows, type Row, text } from './sqlite-rows.ts';

type LeaseOptions = Parameters<DeliveryStore['lease']>[0];

/**
 * One round over the hosts after `?1`, in their order: the first delivery of each that has priority `?4` and can be leased
 * at `?2`, at most `?3`, as one JSON text: a row of the driver costs as much as finding it. It steps from host to host through an index of what is ready, so a round costs what it gives,
 * whatever the backlog and however many hosts are waited for.
 */
const READY = `INDEXED BY deliveries_ready WHERE phase IN (1, 3) AND priority = ?4`;
const ROUND = `
  WITH RECURSIVE turns (host) AS (
    SELECT (SELECT min(host) FROM deliveries ${READY} AND host > ?1)
    UNION ALL
    SELECT (SELECT min(host) FROM deliveries ${READY} AND host > turns.host) FROM turns WHERE turns.host IS NOT NULL
  )
  SELECT first.* FROM turns CROSS JOIN deliveries first ON first.seq = (
    SELECT d.seq FROM deliveries d INDEXED BY deliveries_ready
    WHERE d.phase IN (1, 3) AND d.priority = ?4 AND d.host = turns.host AND d.free_at <= ?2 AND ${IS_NEXT_OF_ITS_OBJECT}
    ORDER BY d.free_at, d.seq LIMIT 1)
  LIMIT ?3`;

const ROWS = `SELECT json_group_array(json_object(
    'seq', seq, 'host', host, 'activity', activity, 'inbox', inbox, 'attempts', attempts, 'created_at', created_at,
    'last_status', last_status,
    'missing_since', (SELECT missing_since FROM inboxes WHERE inboxes.inbox = next.inbox),
    'host_failing', EXISTS (SELECT 1 FROM hosts WHERE hosts.host = next.host))) AS rows
  FROM (${ROUND}) next`;

const PRIORITIES = [0, 1, 2] as const;

/** Before every host name. */
const BEFORE_ALL = '';

/**
 * Leasing in SQLite. Fair across hosts: one delivery of each host a round, and the next call goes on behind the host
 * that was served last. The whole call holds the write lock, so that no two processes are given the same delivery.
 */
export function sqliteLease(database: SqliteDatabase): DeliveryStore['lease'] {
  const wakeQueue = waking(database);
  const round = database.prepare(ROWS);
  const take = database.prepare(
    `UPDATE deliveries SET owner = ?1, free_at = ?2, phase = 2 WHERE seq IN (SELECT value FROM json_each(?3))`,
  );
  const jsonOf = activityTexts(database);
  const served = [BEFORE_ALL, BEFORE_ALL, BEFORE_ALL];

  const takeOf = (priority: number, { owner, now, leaseMs, limit }: LeaseOptions, taken: Row[]): void => {
    for (let after = served[priority] ?? BEFORE_ALL; taken.length < limit; after = BEFORE_ALL) {
      const rows = parsedRows(text(round.get(after, now, limit - taken.length, priority) ?? {}, 'rows'), 'rows');
      const last = rows.at(-1);
      if (last === undefined && after === BEFORE_ALL) return;
      if (last === undefined) continue;
      take.run(owner, now + leaseMs, JSON.stringify(rows.map((row) => integer(row, 'seq'))));
      served[priority] = text(last, 'host');
      taken.push(...rows);
    }
  };

  return async (options) =>
    database.write('repeatable', () => {
      wakeQueue(options.now);
      const taken: Row[] = [];
      for (const priority of PRIORITIES) takeOf(priority, options, taken);
      // Parsed once a call, however many inboxes it goes to.
      const parsed = new Map<number, LeasedActivity>();
      return taken.map((row) => {
        const seq = integer(row, 'activity');
        const shared = parsed.get(seq) ?? jsonOf(seq);
        parsed.set(seq, shared);
        return leasedOf(row, shared, options.now + options.leaseMs);
      });
    });
}

/** Ends what was superseded while it was leased, and puts what has become due where a round finds it. */
function waking(database: SqliteDatabase): (now: number) => void {
  const supersede = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_outdated SET state = 'superseded', phase = 0, owner = NULL, finished_at = ?1
     WHERE outdated = 1 AND state = 'pending' AND (owner IS NULL OR free_at <= ?1)`,
  );
  const wake = database.prepare(
    `UPDATE deliveries INDEXED BY deliveries_by_time SET phase = phase + 1
     WHERE state = 'pending' AND phase IN (0, 2) AND free_at <= ?`,
  );
  return (now) => {
    supersede.run(now);
    wake.run(now);
  };
}

/** Texts of activities that are kept, so that leases of few deliveries do not read the same again; 60 KiB each at most. */
const MOST_TEXTS = 32;

type LeasedActivity = Pick<LeasedDelivery, 'activityId' | 'activity' | 'storedAt'>;

function activityTexts(database: SqliteDatabase): (seq: number) => LeasedActivity {
  const headOf = database.prepare('SELECT id, created_at FROM activities WHERE seq = ?');
  const textOf = database.prepare('SELECT json FROM activities WHERE seq = ?');
  // By id: an activity is never changed, but its number is used again when it was dropped.
  const texts = new Map<string, string>();
  return (seq) => {
    const head = headOf.get(seq) ?? {};
    const activityId = text(head, 'id');
    const json = texts.get(activityId) ?? text(textOf.get(seq) ?? {}, 'json');
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(activityId, json);
    return { activityId, activity: parsedObject(json, 'json'), storedAt: integer(head, 'created_at') };
  };
}

/** Field by field: a spread of one object into another takes V8 microseconds. */
function leasedOf(row: Row, { activityId, activity, storedAt }: LeasedActivity, leasedUntil: number): LeasedDelivery {
  const leased: { -readonly [Key in keyof LeasedDelivery]: LeasedDelivery[Key] } = {
    activityId,
    activity,
    storedAt,
    inbox: text(row, 'inbox'),
    attempts: integer(row, 'attempts'),
    createdAt: integer(row, 'created_at'),
    leasedUntil,
  };
  if (row.last_status !== null) leased.lastStatus = integer(row, 'last_status');
  if (row.missing_since !== null) leased.missingSince = integer(row, 'missing_since');
  if (row.host_failing === 1) leased.hostFailing = true;
  return leased;
}

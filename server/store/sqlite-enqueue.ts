import { priorityOf } from '../../federation/delivery.ts';
import { activityNotStored, hostOfInbox } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { IS_NEXT_OF_ITS_OBJECT, IS_SUPERSEDED, OF_HOST, started, supersededBy } from './sqlite-queue-terms.ts';
import { integer, storable, text } from './sqlite-rows.ts';

/** Asking for deliveries in SQLite. Each step is one statement for all inboxes: ten thousand are one call of the driver. */
export function sqliteEnqueue(database: SqliteDatabase): DeliveryStore['enqueue'] {
  const activity = database.prepare('SELECT seq, type, object FROM activities WHERE id = ?');
  const insert = insertion(database);
  const supersede = superseding(database);
  const chooseProbes = probing(database);

  return (activityId, inboxes, { now, again = false }) =>
    database.writeShared('lasting', () => {
      const row = activity.get(activityId);
      if (row === undefined) throw activityNotStored(activityId);
      const asked = { seq: integer(row, 'seq'), type: text(row, 'type'), object: text(row, 'object'), now };
      const pairs = inboxes.map(storable).map((inbox) => [inbox, hostOfInbox(inbox)] as const);
      const targets = JSON.stringify(pairs);
      const made = insert[again ? 'again' : 'once'].run(asked.seq, asked.object, now, targets, priorityOf(asked.type));
      supersede(asked, targets);
      chooseProbes(asked, new Set(pairs.map(([, host]) => host)));
      return made;
    });
}

interface Asked {
  readonly seq: number;
  readonly type: string;
  readonly object: string;
  readonly now: number;
}

function insertion(database: SqliteDatabase) {
  const insert = (onConflict: string) =>
    database.prepare(
      `INSERT INTO deliveries (activity, object, inbox, host, priority, state, attempts, created_at, due_at, free_at, phase,
         outdated)
       SELECT ?1, ?2, value ->> 0, value ->> 1, ?5, 'pending', 0, ?3, max(?3, coalesce(rest_at, ?3)),
         max(?3, coalesce(rest_at, ?3)), coalesce(rest_at, ?3) <= ?3, 0
       FROM json_each(?4) LEFT JOIN postponed ON postponed.host = value ->> 1 WHERE true ORDER BY key
       ON CONFLICT (activity, inbox) DO ${onConflict}`,
    );
  return {
    once: insert('NOTHING'),
    again: insert(
      `UPDATE SET ${started('excluded.created_at', 'excluded.due_at', 'excluded.phase')}
       WHERE deliveries.state <> 'pending' AND NOT ${IS_SUPERSEDED}`,
    ),
  };
}

/** What waits is superseded at once; what is leased, when its lease ends without an answer that is final. */
function superseding(database: SqliteDatabase): (asked: Asked, targets: string) => void {
  const isAny = database.prepare(
    'SELECT 1 AS yes FROM activities WHERE object = ? AND type IN (SELECT value FROM json_each(?)) AND seq <> ? LIMIT 1',
  );
  const supersede = database.prepare(
    `UPDATE deliveries SET state = iif(owner IS NULL, 'superseded', state), phase = iif(owner IS NULL, 0, phase),
       finished_at = iif(owner IS NULL, ?4, finished_at), outdated = owner IS NOT NULL
     WHERE seq IN (
       SELECT earlier.seq FROM json_each(?3) target
       CROSS JOIN deliveries mine ON mine.activity = ?1 AND mine.inbox = target.value ->> 0 AND mine.state = 'pending'
       CROSS JOIN deliveries earlier INDEXED BY deliveries_in_order
         ON earlier.state = 'pending' AND earlier.inbox = mine.inbox AND earlier.object = mine.object
         AND earlier.seq < mine.seq
       CROSS JOIN activities theirs ON theirs.seq = earlier.activity
       WHERE theirs.type IN (SELECT value FROM json_each(?2)))`,
  );
  return ({ seq, type, object, now }, targets) => {
    const earlier = supersededBy(type);
    if (earlier.length === 0) return;
    const types = JSON.stringify(earlier);
    if (isAny.get(object, types, seq) !== undefined) supersede.run(seq, types, targets, now);
  };
}

/** A postponed host of which nothing is due by the time of its probe gets one of the new deliveries as its probe. */
function probing(database: SqliteDatabase): (asked: Asked, hosts: ReadonlySet<string>) => void {
  const isAny = database.prepare('SELECT 1 AS yes FROM postponed LIMIT 1');
  const postponed = database.prepare('SELECT host, probe_at FROM postponed');
  const isProbed = database.prepare(
    `SELECT 1 AS yes FROM deliveries INDEXED BY deliveries_by_host WHERE ${OF_HOST} AND state = 'pending' AND due_at <= ?2
     LIMIT 1`,
  );
  const choose = database.prepare(
    `UPDATE deliveries SET due_at = ?2, free_at = ?2, phase = ?2 <= ?4 WHERE seq = (
       SELECT d.seq FROM deliveries d INDEXED BY deliveries_by_host
       WHERE d.state IN ('pending', 'failed', 'gone') AND d.host = ?1 AND d.state = 'pending' AND d.owner IS NULL AND d.activity = ?3 AND d.created_at = ?4
         AND d.attempts = 0 AND ${IS_NEXT_OF_ITS_OBJECT}
       ORDER BY d.seq LIMIT 1)`,
  );
  return ({ seq, now }, hosts) => {
    if (isAny.get() === undefined) return;
    for (const row of postponed.all()) {
      const host = text(row, 'host');
      const probeAt = Math.max(now, integer(row, 'probe_at'));
      if (hosts.has(host) && isProbed.get(host, probeAt) === undefined) choose.run(host, probeAt, seq, now);
    }
  };
}

import type { LeasedDelivery } from '../../federation/delivery.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, jsonObject, maybeInteger, type Row, text } from './sqlite-rows.ts';
import type { DeliveryStore } from './store.ts';

/** True of a pending delivery `d` unless an earlier one of the same object to the same inbox is pending too. */
export const IS_NEXT_OF_ITS_OBJECT = `NOT EXISTS (
  SELECT 1 FROM deliveries earlier INDEXED BY deliveries_in_order
  WHERE earlier.state = 'pending' AND earlier.inbox = d.inbox AND earlier.object = d.object AND earlier.seq < d.seq)`;

/**
 * One round over the hosts after `?1`, in their order: the first delivery of each that can be leased at `?2`, at most
 * `?3`. It steps from host to host through the index, so a round costs what it gives, whatever the backlog. The index
 * is named because the planner, having no statistics, takes the one on `state` and reads the whole backlog.
 */
const ROUND = `
  WITH RECURSIVE hosts (host) AS (
    SELECT (SELECT min(host) FROM deliveries INDEXED BY deliveries_by_host WHERE state = 'pending' AND host > ?1)
    UNION ALL
    SELECT (SELECT min(host) FROM deliveries INDEXED BY deliveries_by_host WHERE state = 'pending' AND host > hosts.host)
    FROM hosts WHERE hosts.host IS NOT NULL
  )
  SELECT first.host, first.seq FROM hosts CROSS JOIN deliveries first ON first.seq = (
    SELECT d.seq FROM deliveries d INDEXED BY deliveries_by_host
    WHERE d.state = 'pending' AND d.host = hosts.host AND d.free_at <= ?2 AND ${IS_NEXT_OF_ITS_OBJECT}
    ORDER BY d.free_at, d.seq LIMIT 1)
  LIMIT ?3`;

/** Before every host name. */
const BEFORE_ALL = '';

/**
 * Leasing in SQLite. Fair across hosts: one delivery of each host a round, and the next call goes on behind the host
 * that was served last. The whole call holds the write lock, so that no two processes are given the same delivery.
 */
export function sqliteLease(database: SqliteDatabase): DeliveryStore['lease'] {
  const round = database.prepare(ROUND);
  const take = database.prepare('UPDATE deliveries SET owner = ?, free_at = ? WHERE seq = ?');
  const taken = database.prepare('SELECT * FROM deliveries WHERE seq = ?');
  const activity = database.prepare('SELECT id, json FROM activities WHERE seq = ?');
  let served = BEFORE_ALL;

  const takeRounds = ({ owner, now, leaseMs, limit }: Parameters<DeliveryStore['lease']>[0]): number[] => {
    const sequences: number[] = [];
    for (let after = served; sequences.length < limit; after = BEFORE_ALL) {
      const rows = round.all(after, now, limit - sequences.length);
      if (rows.length === 0 && after === BEFORE_ALL) break;
      for (const row of rows) {
        take.run(owner, now + leaseMs, integer(row, 'seq'));
        sequences.push(integer(row, 'seq'));
        served = text(row, 'host');
      }
    }
    return sequences;
  };

  return async (options) =>
    database.write('repeatable', () => {
      const activities = new Map<number, { activityId: string; activity: JsonObject }>();
      return takeRounds(options).flatMap((sequence) => {
        const row = taken.get(sequence);
        if (row === undefined) return [];
        const key = integer(row, 'activity');
        // Parsed once a call, however many inboxes it goes to.
        const shared = activities.get(key) ?? activityOf(activity.get(key));
        activities.set(key, shared);
        return [{ ...shared, ...deliveryOf(row) }];
      });
    });
}

function activityOf(row: Row = {}): { activityId: string; activity: JsonObject } {
  return { activityId: text(row, 'id'), activity: jsonObject(row, 'json') };
}

function deliveryOf(row: Row): Omit<LeasedDelivery, 'activityId' | 'activity'> {
  return {
    inbox: text(row, 'inbox'),
    attempts: integer(row, 'attempts'),
    createdAt: integer(row, 'created_at'),
    leasedUntil: integer(row, 'free_at'),
    ...maybeInteger(row, 'last_status', 'lastStatus'),
  };
}

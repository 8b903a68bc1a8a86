import { supersedes } from '../../federation/delivery.ts';

/*
 * Terms that several statements of the queue share. Indexes are named in them because the planner, having no statistics,
 * takes one that reads the whole backlog; a partial index is taken only where its own condition stands in the statement.
 */

/** True of a pending delivery `d` unless an earlier one of the same object to the same inbox is pending too. */
export const IS_NEXT_OF_ITS_OBJECT = `NOT EXISTS (
  SELECT 1 FROM deliveries earlier INDEXED BY deliveries_in_order
  WHERE earlier.state = 'pending' AND earlier.inbox = d.inbox AND earlier.object = d.object AND earlier.seq < d.seq)`;

/** `deliveries` to the host `?1`, through its index; a state must be asked for too. */
export const OF_HOST = `state IN ('pending', 'failed', 'gone') AND host = ?1`;

/** Pending and in nobody's hands. */
export const WAITS = `state = 'pending' AND owner IS NULL`;

const TYPES = ['Create', 'Update', 'Delete', 'Undo', 'Accept', 'Reject'] as const;

/** The types of which a later activity of this type makes queued ones pointless, as a list of SQL texts. */
export function supersededBy(type: string): readonly string[] {
  return TYPES.filter((earlier) => supersedes(type, earlier));
}

const PAIRS = TYPES.flatMap((later) => supersededBy(later).map((earlier) => `('${later}', '${earlier}')`));

/** True of a row of `deliveries` when something was asked for later that makes it pointless, whatever came of it. */
export const IS_SUPERSEDED = `(deliveries.outdated = 1 OR EXISTS (
  SELECT 1 FROM activities mine CROSS JOIN activities theirs CROSS JOIN deliveries later
  WHERE mine.seq = deliveries.activity AND theirs.object = deliveries.object
    AND (theirs.type, mine.type) IN (VALUES ${PAIRS.join(', ')})
    AND later.activity = theirs.seq AND later.inbox = deliveries.inbox AND later.seq > deliveries.seq))`;

/** Starts a delivery over, in its place. Takes the new creation, due and free times and the phase. */
export const started = (createdAt: string, dueAt: string, phase: string): string =>
  `state = 'pending', attempts = 0, created_at = ${createdAt}, due_at = ${dueAt}, free_at = ${dueAt}, phase = ${phase},
   owner = NULL, outdated = 0, last_status = NULL, last_error = NULL, noted_at = NULL, finished_at = NULL`;

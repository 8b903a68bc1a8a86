import type { AfterAttempt } from '../../federation/delivery.ts';
import { signOfInbox } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { storable } from './sqlite-rows.ts';

const HELD = `activity = (SELECT seq FROM activities WHERE id = ?1) AND inbox = ?2 AND owner = ?3 AND state = 'pending'`;

/** How long an outcome waits for others: far less than a request takes. */
const GATHER_MS = 10;

/** Fewer are written one by one. */
const LEAST_AT_ONCE = 2;

type Settle = DeliveryStore['settle'];

/** An attempt whose outcome is to be written, and who waits for it. */
interface Outcome {
  readonly settled: Parameters<Settle>;
  readonly resolve: (isOurs: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes down what came of attempts. Answers come in many at a time while deliveries run, and beginning and ending a
 * transaction, and each call of the driver, cost more than what is written: those of a few milliseconds share one
 * transaction, and those that were delivered one statement for each table.
 */
export function sqliteSettle(database: SqliteDatabase): Settle {
  const settleOne = settling(database);
  const settleDelivered = settlingDelivered(database);
  let waiting: Outcome[] = [];

  const settleAll = (outcomes: readonly Outcome[]): boolean[] => {
    const delivered = outcomes.filter(({ settled: [, after] }) => after.state === 'delivered');
    if (delivered.length < LEAST_AT_ONCE) return outcomes.map(({ settled }) => settleOne(...settled));
    const results = outcomes.map(({ settled }) => settled[1].state === 'delivered' || settleOne(...settled));
    // Last: of two answers of one inbox at once, it is the better one that its record keeps.
    settleDelivered(delivered.map(({ settled }) => settled));
    return results;
  };
  const write = (outcomes: readonly Outcome[]): void => {
    try {
      const results = database.write('repeatable', () => settleAll(outcomes));
      for (const [index, { resolve }] of outcomes.entries()) resolve(results[index] === true);
    } catch (error) {
      // What is wrong with one of them is not wrong with all.
      if (outcomes.length > 1) for (const outcome of outcomes) write([outcome]);
      else outcomes[0]?.reject(error);
    }
  };

  return (...settled) =>
    new Promise<boolean>((resolve, reject) => {
      if (waiting.length === 0) {
        setTimeout(() => {
          const outcomes = waiting;
          waiting = [];
          write(outcomes);
        }, GATHER_MS);
      }
      waiting.push({ settled, resolve, reject });
    });
}

/** Both tables at once for all that were delivered. Throws when one of them is held no more: which one, it cannot say. */
function settlingDelivered(database: SqliteDatabase): (settled: readonly Parameters<Settle>[]) => void {
  const end = database.prepare(
    `UPDATE deliveries SET state = 'delivered', phase = 0, attempts = attempts + 1, owner = NULL,
       last_status = value ->> 3, last_error = NULL, noted_at = value ->> 4, finished_at = value ->> 4
     FROM json_each(?1)
     WHERE deliveries.activity = (SELECT seq FROM activities WHERE id = value ->> 0) AND deliveries.inbox = value ->> 1
       AND deliveries.owner = value ->> 2 AND deliveries.state = 'pending'`,
  );
  const note = database.prepare(
    `INSERT INTO inboxes (inbox, delivered_at) SELECT value ->> 1, max(value ->> 4) FROM json_each(?1) GROUP BY 1
     ON CONFLICT (inbox) DO UPDATE
     SET delivered_at = max(coalesce(delivered_at, 0), excluded.delivered_at), missing_since = NULL`,
  );

  return (settled) => {
    const rows = settled.map(([{ activityId, inbox, owner }, { status }, now]) => [
      storable(activityId),
      storable(inbox),
      storable(owner),
      status,
      now,
    ]);
    const json = JSON.stringify(rows);
    if (end.run(json) !== settled.length) throw new Error('a lease was lost');
    note.run(json);
  };
}

/** One statement for the delivery, and one for its inbox where the attempt says something about it. */
function settling(database: SqliteDatabase): (...settled: Parameters<Settle>) => boolean {
  const end = database.prepare(
    `UPDATE deliveries SET state = ?4, phase = 0, attempts = attempts + 1, owner = NULL, last_status = ?5, last_error = ?6,
       noted_at = ?7, finished_at = ?7
     WHERE ${HELD}`,
  );
  const tryAgain = database.prepare(
    `UPDATE deliveries SET state = iif(outdated, 'superseded', 'pending'), phase = 0, attempts = attempts + 1,
       owner = NULL, last_status = ?5, last_error = ?6, noted_at = ?7, finished_at = iif(outdated, ?7, NULL),
       due_at = iif(outdated, due_at, ?4), free_at = iif(outdated, due_at, ?4)
     WHERE ${HELD}`,
  );
  const noteInbox = inboxNotes(database);

  return ({ activityId, inbox, owner }, after, now) => {
    const statement = after.state === 'pending' ? tryAgain : end;
    const became = after.state === 'pending' ? after.dueAt : after.state;
    const error = after.state === 'delivered' ? null : (after.error ?? null);
    if (statement.run(activityId, inbox, owner, became, after.status ?? null, error, now) === 0) return false;
    noteInbox(inbox, after, now);
    return true;
  };
}

function inboxNotes(database: SqliteDatabase): (inbox: string, after: AfterAttempt, now: number) => void {
  const delivered = database.prepare(
    `INSERT INTO inboxes (inbox, delivered_at) VALUES (?, ?) ON CONFLICT (inbox) DO UPDATE
     SET delivered_at = max(coalesce(delivered_at, 0), excluded.delivered_at), missing_since = NULL`,
  );
  const missing = database.prepare(
    `INSERT INTO inboxes (inbox, missing_since) VALUES (?, ?) ON CONFLICT (inbox) DO UPDATE
     SET missing_since = excluded.missing_since WHERE missing_since IS NULL`,
  );
  const known = database.prepare(
    'UPDATE inboxes SET missing_since = NULL WHERE inbox = ? AND missing_since IS NOT NULL',
  );
  return (inbox, after, now) => {
    const sign = signOfInbox(after);
    if (sign === 'delivered') delivered.run(inbox, now);
    else if (sign === 'missing') missing.run(inbox, now);
    else if (sign === 'known') known.run(inbox);
  };
}

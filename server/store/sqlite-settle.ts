import type { AfterAttempt } from '../../federation/delivery.ts';
import { signOfInbox } from './delivery-rules.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { DeliveryStore } from './store.ts';

const HELD = `activity = (SELECT seq FROM activities WHERE id = ?1) AND inbox = ?2 AND owner = ?3 AND state = 'pending'`;

/** How long an outcome waits for others: far less than a request takes. */
const GATHER_MS = 4;

type Settle = DeliveryStore['settle'];

/** An attempt whose outcome is to be written, and who waits for it. */
interface Outcome {
  readonly settled: Parameters<Settle>;
  readonly resolve: (isOurs: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes down what came of attempts. Answers come in many at a time while deliveries run, and beginning and ending a
 * transaction costs more than what is written in it: those of a few milliseconds share one.
 */
export function sqliteSettle(database: SqliteDatabase): Settle {
  const settleOne = settling(database);
  let waiting: Outcome[] = [];

  const write = (outcomes: readonly Outcome[]): void => {
    try {
      const results = database.write('repeatable', () => outcomes.map(({ settled }) => settleOne(...settled)));
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

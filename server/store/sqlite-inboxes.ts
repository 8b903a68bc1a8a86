import type { SqliteDatabase } from './sqlite-database.ts';
import { maybeInteger, type Row, text } from './sqlite-rows.ts';
import type { InboxRecord, InboxStore } from './store.ts';

/** How many records `all` holds in memory at once. Between two pages no statement is open, so writers go on. */
const PAGE = 500;

/** Records of inboxes in SQLite. Settling a delivery writes them too: see sqlite-settle. */
export function sqliteInboxes(database: SqliteDatabase): InboxStore {
  const get = database.prepare('SELECT * FROM inboxes WHERE inbox = ?');
  const since = database.prepare('SELECT inbox FROM inboxes WHERE delivered_at IS NOT NULL AND delivered_at >= ?');
  const missing = database.prepare(
    'SELECT 1 AS yes FROM inboxes WHERE inbox IN (?, ?) AND missing_since IS NOT NULL LIMIT 1',
  );
  const found = database.prepare('UPDATE inboxes SET missing_since = NULL WHERE inbox IN (?, ?)');
  const put = database.prepare('INSERT OR REPLACE INTO inboxes (inbox, delivered_at, missing_since) VALUES (?, ?, ?)');
  const first = database.prepare('SELECT * FROM inboxes ORDER BY inbox LIMIT ?');
  const next = database.prepare('SELECT * FROM inboxes WHERE inbox > ? ORDER BY inbox LIMIT ?');

  return {
    get: async (inbox) => {
      const row = get.get(inbox);
      return row && recordOf(row);
    },
    deliveredSince: async (time) => since.all(Math.max(0, time)).map((row) => text(row, 'inbox')),
    // Asked for each inbound activity: mostly nothing is missing, and nothing is written.
    found: async (inboxes) => {
      const pairs = inPairs(inboxes).filter((pair) => missing.get(...pair) !== undefined);
      if (pairs.length === 0) return;
      database.write('repeatable', () => {
        for (const pair of pairs) found.run(...pair);
      });
    },
    put: async (records) => {
      database.write('lasting', () => {
        for (const { inbox, deliveredAt = null, missingSince = null } of records) {
          put.run(inbox, deliveredAt, missingSince);
        }
      });
    },
    all: async function* () {
      for (let rows = first.all(PAGE); ; ) {
        for (const row of rows) yield recordOf(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        rows = next.all(text(last, 'inbox'), PAGE);
      }
    },
  };
}

/** An account has one inbox or two: one look for both. */
function inPairs(inboxes: readonly string[]): (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < inboxes.length; at += 2) {
    const first = inboxes[at] ?? '';
    pairs.push([first, inboxes[at + 1] ?? first]);
  }
  return pairs;
}

function recordOf(row: Row): InboxRecord {
  return {
    inbox: text(row, 'inbox'),
    ...maybeInteger(row, 'delivered_at', 'deliveredAt'),
    ...maybeInteger(row, 'missing_since', 'missingSince'),
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqliteStoreOn } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import { migrate } from '../../../server/store/sqlite-schema.ts';

/** Tables that grow with the blog's life: a statement that reads all of one is for commands, not for the server. */
const GROWING = [
  ...['deliveries', 'activities', 'followers', 'ledger_objects', 'inboxes', 'received', 'seen', 'actors'],
  ...['interactions', 'authors', 'picture_names', 'stamps', 'follow_requests', 'messages', 'notifications'],
  ...['thread_versions', 'following', 'votes', 'consents', 'told'],
];

/** The parts of statements that may read a whole table, and why. */
const WHOLE = [
  'count(*) AS n FROM followers', // followers.count
  'FROM ledger_objects ORDER BY seq', // ledger.read
  'FROM inboxes ORDER BY inbox LIMIT', // inboxes.all, by page
  'FROM deliveries INDEXED BY deliveries_by_time', // counts: of what is pending
  'octet_length', // sizes: for people
  'count(*) AS n FROM messages', // messages.count
  'FROM actors ORDER BY fetched_at DESC', // the bound of the cache, which is bounded
  'FROM deliveries INDEXED BY deliveries_by_host WHERE state IN', // troubled: of what is in trouble
  'AND ?1 IS NULL', // retry of everything
  'activity IS NOT (SELECT seq', // the end of the account
  'SELECT * FROM consents', // consents: for commands
  'SELECT * FROM told', // where a store is taken elsewhere
];

test('no statement reads a table that grows, but those of commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-plans-'));
  const database = connect(join(folder, 'postern.db'));
  migrate(database);
  const statements: string[] = [];
  sqliteStoreOn({
    ...database,
    prepare: (sql) => {
      statements.push(sql);
      return database.prepare(sql);
    },
  });
  const scanned = statements.flatMap((sql) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const scans = plan.map(({ detail }) => String(detail)).filter((detail) => /^SCAN (\w+)/.test(detail));
    const aliases = new Map(
      [...sql.matchAll(/\b(\w+) (\w+)(?= (?:INDEXED|JOIN|CROSS|ON|WHERE))/g)].map(([, a, b]) => [b, a]),
    );
    const tables = scans
      .map((detail) => /^SCAN (\w+)/.exec(detail)?.[1] ?? '')
      .map((name) => aliases.get(name) ?? name);
    return tables.some((name) => GROWING.includes(name)) && !WHOLE.some((part) => sql.includes(part)) ? [sql] : [];
  });
  expect(statements.length).toBeGreaterThan(60);
  expect(scanned).toEqual([]);
  database.close();
  rmSync(folder, { recursive: true });
});

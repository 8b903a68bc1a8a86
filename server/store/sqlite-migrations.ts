import { ACCOUNT_TABLES } from './sqlite-account-tables.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { INTERACTION_TABLES } from './sqlite-interaction-tables.ts';
import { addLedgerBuckets } from './sqlite-ledger-buckets.ts';

/** SQL, or what SQL alone cannot do. */
export type Migration = string | ((database: SqliteDatabase) => void);

/**
 * One step for each schema version, oldest first. A step that has been released is never edited: a later one is added.
 * Times are milliseconds since the epoch unless the column holds text, which is RFC 3339 as it was given.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE followers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that a page's cursor stays true
    actor TEXT NOT NULL UNIQUE,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    follow_id TEXT NOT NULL,
    handle TEXT,
    since TEXT NOT NULL
  ) STRICT;

  CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    origin TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_digest TEXT NOT NULL,
    actor_revision INTEGER NOT NULL,
    actor_sending TEXT,
    source_commit TEXT,
    source_committed_at TEXT
  ) STRICT;

  CREATE TABLE ledger_objects (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    type TEXT NOT NULL,
    digest TEXT NOT NULL,
    body_digest TEXT,
    revision INTEGER NOT NULL,
    published TEXT NOT NULL,
    updated TEXT,
    deleted TEXT,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    sending TEXT
  ) STRICT;

  CREATE TABLE activities (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    object TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;

  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY, -- the order in which deliveries were asked for
    activity INTEGER NOT NULL REFERENCES activities (seq),
    object TEXT NOT NULL, -- as in activities; here so that one index keeps the order
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'gone')),
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    free_at INTEGER NOT NULL, -- when it may be leased: due_at, or the end of the lease while owner holds one
    owner TEXT,
    last_status INTEGER,
    last_error TEXT,
    finished_at INTEGER,
    UNIQUE (activity, inbox)
  ) STRICT;
  CREATE INDEX deliveries_by_host ON deliveries (host, free_at, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_by_time ON deliveries (free_at) WHERE state = 'pending';
  CREATE INDEX deliveries_in_order ON deliveries (inbox, object, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_leased ON deliveries (owner) WHERE owner IS NOT NULL;
  CREATE INDEX deliveries_by_state ON deliveries (state);

  CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_by_time ON seen (at);

  CREATE TABLE received (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    target TEXT NOT NULL,
    object TEXT,
    json TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX received_by_actor ON received (actor);
  CREATE INDEX received_by_object ON received (actor, object);

  CREATE TABLE actors (
    seq INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    fetched_at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    document TEXT
  ) STRICT;
  CREATE INDEX actors_by_age ON actors (fetched_at, seq);

  CREATE TABLE workers (owner TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE activities ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE deliveries_2 (
    seq INTEGER PRIMARY KEY, -- the order in which deliveries were asked for
    activity INTEGER NOT NULL REFERENCES activities (seq),
    object TEXT NOT NULL, -- as in activities; here so that one index keeps the order
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    priority INTEGER NOT NULL, -- by the activity's type
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'gone', 'superseded')),
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    free_at INTEGER NOT NULL, -- while pending, when it may be leased: due_at, or the end of the lease while owner holds one
    phase INTEGER NOT NULL, -- while pending: 0 waits for free_at, 1 its time has come, 2 leased, 3 its lease has run out
    owner TEXT,
    outdated INTEGER NOT NULL, -- 1 once superseded while it was leased or had failed: it will not be tried again
    last_status INTEGER,
    last_error TEXT,
    noted_at INTEGER, -- when last_status and last_error were written
    finished_at INTEGER,
    UNIQUE (activity, inbox)
  ) STRICT;
  INSERT INTO deliveries_2
    SELECT d.seq, d.activity, d.object, d.inbox, d.host,
      CASE WHEN a.type IN ('Accept', 'Reject') THEN 0 WHEN a.type IN ('Delete', 'Undo') THEN 1 ELSE 2 END,
      d.state, d.attempts, d.created_at, d.due_at, d.free_at,
      CASE WHEN d.owner IS NULL THEN 0 ELSE 2 END, d.owner, 0, d.last_status, d.last_error,
      CASE WHEN d.last_status IS NULL AND d.last_error IS NULL THEN NULL ELSE coalesce(d.finished_at, d.created_at) END,
      d.finished_at
    FROM deliveries d JOIN activities a ON a.seq = d.activity ORDER BY d.seq;
  DROP TABLE deliveries;
  ALTER TABLE deliveries_2 RENAME TO deliveries;
  CREATE INDEX deliveries_ready ON deliveries (priority, host, free_at, seq) WHERE phase IN (1, 3);
  CREATE INDEX deliveries_by_time ON deliveries (phase, free_at) WHERE state = 'pending';
  CREATE INDEX deliveries_in_order ON deliveries (inbox, object, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_outdated ON deliveries (outdated) WHERE outdated = 1 AND state = 'pending';
  CREATE INDEX deliveries_by_host ON deliveries (host, state, due_at) WHERE state IN ('pending', 'failed', 'gone');
  CREATE INDEX deliveries_by_end ON deliveries (state, finished_at) WHERE state <> 'pending';

  CREATE INDEX activities_by_object ON activities (object, type);
  UPDATE deliveries SET outdated = 1 WHERE state IN ('pending', 'failed') AND EXISTS (
    SELECT 1 FROM activities mine, activities theirs, deliveries later
    WHERE mine.seq = deliveries.activity AND theirs.object = deliveries.object
      AND (theirs.type, mine.type) IN (VALUES ('Delete', 'Create'), ('Delete', 'Update'), ('Update', 'Update'))
      AND later.activity = theirs.seq AND later.inbox = deliveries.inbox AND later.seq > deliveries.seq);

  UPDATE activities SET created_at = coalesce(
    (SELECT min(d.created_at) FROM deliveries d WHERE d.activity = activities.seq), unixepoch() * 1000);
  CREATE INDEX activities_by_age ON activities (created_at);

  CREATE TABLE folded_receipts (
    object TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (object, type, state)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE postponed (
    host TEXT PRIMARY KEY,
    probe_at INTEGER NOT NULL,
    rest_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE hosts ( -- those that fail
    host TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    failing_since INTEGER NOT NULL,
    failed_days INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL,
    open_until INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inboxes (
    inbox TEXT PRIMARY KEY,
    delivered_at INTEGER,
    missing_since INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inboxes_by_delivery ON inboxes (delivered_at) WHERE delivered_at IS NOT NULL;
  INSERT INTO inboxes (inbox, delivered_at)
    SELECT inbox, max(finished_at) FROM deliveries WHERE state = 'delivered' GROUP BY inbox;

  CREATE INDEX followers_by_inbox ON followers (inbox);
  CREATE INDEX followers_by_shared_inbox ON followers (shared_inbox) WHERE shared_inbox IS NOT NULL;

  ALTER TABLE ledger ADD COLUMN begun TEXT NOT NULL DEFAULT '';
  UPDATE ledger SET begun = strftime('%Y-%m-%dT%H:%M:%SZ', 'now');
  ALTER TABLE ledger ADD COLUMN approved_content TEXT;
  ALTER TABLE ledger ADD COLUMN approved_at TEXT;
  ALTER TABLE ledger ADD COLUMN approved_confirmed TEXT; -- JSON, a list of strings
  ALTER TABLE ledger ADD COLUMN actor_username TEXT;
  ALTER TABLE ledger ADD COLUMN actor_key_digest TEXT;
  ALTER TABLE ledger ADD COLUMN actor_deleted TEXT;
  ALTER TABLE ledger ADD COLUMN actor_gone TEXT;

  ALTER TABLE ledger_objects ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
  CREATE INDEX ledger_objects_by_url ON ledger_objects (url);
  CREATE INDEX ledger_objects_sending ON ledger_objects (sending) WHERE sending IS NOT NULL;
  CREATE TABLE ledger_former_urls (
    object TEXT NOT NULL,
    place INTEGER NOT NULL, -- 0 is the newest
    url TEXT NOT NULL,
    PRIMARY KEY (object, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ledger_former_urls_by_url ON ledger_former_urls (url);
  `,
  addLedgerBuckets,
  INTERACTION_TABLES,
  ACCOUNT_TABLES,
];

/** The schema's fifth step: what an account does elsewhere, and what is answered to it. */
export const ACCOUNT_TABLES = `
  ALTER TABLE ledger ADD COLUMN actor_moved_to TEXT;
  ALTER TABLE ledger_objects ADD COLUMN object TEXT; -- of a deed, as is instrument
  ALTER TABLE ledger_objects ADD COLUMN instrument TEXT;
  ALTER TABLE ledger_objects ADD COLUMN poll_digest TEXT;
  ALTER TABLE ledger_objects ADD COLUMN inboxes TEXT; -- JSON, a list of strings

  CREATE TABLE following ( -- the answers to our Follows
    seq INTEGER PRIMARY KEY,
    actor TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    activity TEXT NOT NULL,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL -- the same time, to compare
  ) STRICT;

  CREATE TABLE reading ( -- what followed accounts said; bounded, so it needs no index for each question
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT,
    author_actor TEXT NOT NULL,
    author TEXT NOT NULL, -- JSON, as is content
    content TEXT NOT NULL,
    in_reply_to TEXT,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX reading_by_time ON reading (at_ms, seq);

  CREATE TABLE votes (
    poll TEXT NOT NULL,
    actor TEXT NOT NULL,
    option INTEGER NOT NULL,
    multiple INTEGER NOT NULL, -- 1 when a voter may choose several
    inbox TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (poll, actor, option)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE consents ( -- of those whose posts ours quote
    object TEXT PRIMARY KEY,
    quoted TEXT NOT NULL,
    state TEXT NOT NULL,
    stamp TEXT,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX consents_by_stamp ON consents (stamp) WHERE stamp IS NOT NULL;

  CREATE TABLE told ( -- the live part of an object that the network was told last
    object TEXT PRIMARY KEY,
    digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

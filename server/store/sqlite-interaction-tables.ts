/** Counts the versions of some targets up, given as rows of target and 1. */
function countUp(rows: string): string {
  return `INSERT INTO thread_versions (target, version) ${rows} ON CONFLICT (target) DO UPDATE SET version = version + 1;`;
}

/** The schema's fourth step: what others say. Pictures and authors go with the last that names them, whoever drops it. */
export const INTERACTION_TABLES = `
  CREATE TABLE interactions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that a page's cursor stays true
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL,
    approved INTEGER NOT NULL, -- 1 when it is shown by the owner's word
    reason TEXT,
    in_reply_to TEXT,
    activity TEXT NOT NULL,
    content TEXT, -- JSON, as is emoji
    emoji TEXT,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL -- the same time, to compare
  ) STRICT;
  CREATE INDEX interactions_by_target ON interactions (target, state, kind, seq);
  CREATE INDEX interactions_by_state ON interactions (state, kind, seq);
  CREATE INDEX interactions_by_actor ON interactions (actor, kind, target, state);
  CREATE INDEX interactions_by_actor_and_time ON interactions (actor, at_ms);
  CREATE INDEX interactions_by_activity ON interactions (activity, actor);
  CREATE INDEX interactions_by_parent ON interactions (in_reply_to, seq) WHERE in_reply_to IS NOT NULL;
  CREATE INDEX interactions_by_time ON interactions (kind, at_ms);

  CREATE TABLE authors (
    seq INTEGER PRIMARY KEY,
    actor TEXT NOT NULL UNIQUE,
    name TEXT,
    handle TEXT NOT NULL,
    url TEXT NOT NULL,
    avatar TEXT,
    emojis TEXT NOT NULL, -- JSON
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE picture_names ( -- who names which picture: one of interaction and author is set
    url TEXT NOT NULL,
    digest TEXT NOT NULL,
    interaction INTEGER,
    author INTEGER
  ) STRICT;
  CREATE INDEX picture_names_by_digest ON picture_names (digest);
  CREATE INDEX picture_names_by_url ON picture_names (url);
  CREATE UNIQUE INDEX picture_names_by_interaction ON picture_names (interaction, url) WHERE interaction IS NOT NULL;
  CREATE UNIQUE INDEX picture_names_by_author ON picture_names (author, url) WHERE author IS NOT NULL;

  CREATE TABLE pictures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX pictures_by_age ON pictures (fetched_at, seq, size);

  CREATE TRIGGER interactions_dropped AFTER DELETE ON interactions BEGIN
    DELETE FROM picture_names WHERE interaction = OLD.seq;
    DELETE FROM authors WHERE actor = OLD.actor AND NOT EXISTS (SELECT 1 FROM interactions WHERE actor = OLD.actor);
  END;
  CREATE TRIGGER authors_dropped AFTER DELETE ON authors BEGIN
    DELETE FROM picture_names WHERE author = OLD.seq;
  END;
  CREATE TRIGGER picture_names_dropped AFTER DELETE ON picture_names BEGIN
    DELETE FROM pictures WHERE url = OLD.url AND NOT EXISTS (SELECT 1 FROM picture_names WHERE url = OLD.url);
  END;

  CREATE TABLE thread_versions ( -- kept when all that was shown is gone, so that no number comes twice
    target TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER shown_added AFTER INSERT ON interactions WHEN NEW.state = 'shown' BEGIN
    ${countUp('VALUES (NEW.target, 1)')}
  END;
  CREATE TRIGGER shown_changed AFTER UPDATE ON interactions WHEN 'shown' IN (OLD.state, NEW.state) BEGIN
    ${countUp("SELECT OLD.target, 1 WHERE OLD.state = 'shown'")}
    ${countUp("SELECT NEW.target, 1 WHERE NEW.state = 'shown' AND (OLD.state <> 'shown' OR OLD.target <> NEW.target)")}
  END;
  CREATE TRIGGER shown_dropped AFTER DELETE ON interactions WHEN OLD.state = 'shown' BEGIN
    ${countUp('VALUES (OLD.target, 1)')}
  END;
  -- An author is put with each interaction, mostly as before; a new one with the first.
  CREATE TRIGGER authors_changed AFTER UPDATE ON authors
    WHEN (OLD.name, OLD.handle, OLD.url, OLD.avatar, OLD.emojis) IS NOT (NEW.name, NEW.handle, NEW.url, NEW.avatar, NEW.emojis)
  BEGIN
    ${countUp("SELECT DISTINCT target, 1 FROM interactions WHERE actor = NEW.actor AND state = 'shown'")}
  END;

  CREATE TABLE stamps (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    quote TEXT NOT NULL,
    target TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    revoked TEXT
  ) STRICT;
  CREATE INDEX stamps_by_quote ON stamps (quote);

  CREATE TABLE follow_requests (
    seq INTEGER PRIMARY KEY,
    actor TEXT NOT NULL UNIQUE,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    follow_id TEXT NOT NULL,
    handle TEXT,
    since TEXT NOT NULL
  ) STRICT;

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    object TEXT NOT NULL UNIQUE, -- digests, as is sender
    sender TEXT NOT NULL,
    jwe TEXT NOT NULL,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_by_sender ON messages (sender, at_ms);
  CREATE INDEX messages_by_time ON messages (at_ms);

  CREATE TABLE notifications (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    handle TEXT,
    target TEXT,
    interaction TEXT,
    at TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX notifications_by_actor ON notifications (actor);
  CREATE INDEX notifications_by_time ON notifications (at_ms);

  CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- What earlier versions received is only handled again, in its order.
  DROP INDEX received_by_actor;
  DROP INDEX received_by_object;
`;

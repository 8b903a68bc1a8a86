import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, maybeText, oneOf, type Row, text } from './sqlite-rows.ts';
import type { LedgerChange, LedgerStore } from './store.ts';

/** The ledger in SQLite: one row of its own with the version, and one row for each object. */
export function sqliteLedger(database: SqliteDatabase): LedgerStore {
  const head = database.prepare('SELECT * FROM ledger');
  const objects = database.prepare('SELECT * FROM ledger_objects ORDER BY seq');
  const object = database.prepare('SELECT * FROM ledger_objects WHERE id = ?');
  const begin = database.prepare(
    `INSERT INTO ledger (one, version, origin, actor_id, actor_digest, actor_revision, actor_sending, source_commit,
       source_committed_at)
     VALUES (1, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const advance = database.prepare('UPDATE ledger SET version = version + 1 WHERE version = ?');
  const writeActor = database.prepare(
    'UPDATE ledger SET actor_id = ?, actor_digest = ?, actor_revision = ?, actor_sending = ?',
  );
  const writeSource = database.prepare('UPDATE ledger SET source_commit = ?, source_committed_at = ?');
  const writeObject = database.prepare(
    `INSERT INTO ledger_objects (id, state, type, digest, body_digest, revision, published, updated, deleted, title, url,
       source, sending)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, type = excluded.type, digest = excluded.digest,
       body_digest = excluded.body_digest, revision = excluded.revision, published = excluded.published,
       updated = excluded.updated, deleted = excluded.deleted, title = excluded.title, url = excluded.url,
       source = excluded.source, sending = excluded.sending`,
  );

  const put = (entry: LedgerObject): void => {
    const { id, state, type, digest, bodyDigest = null, revision, published, updated = null, deleted = null } = entry;
    const { title, url, source, sending = null } = entry;
    writeObject.run(
      id,
      state,
      type,
      digest,
      bodyDigest,
      revision,
      published,
      updated,
      deleted,
      title,
      url,
      source,
      sending,
    );
  };
  const apply = ({ actor, objects: changed = [], source }: LedgerChange): void => {
    if (actor) writeActor.run(actor.id, actor.digest, actor.revision, actor.sending ?? null);
    if (source) writeSource.run(source.commit, source.committedAt);
    for (const entry of changed) put(entry);
  };

  return {
    read: async () =>
      database.read(() => {
        const row = head.get();
        return row && { ledger: ledgerOf(row, objects.all()), version: integer(row, 'version') };
      }),
    object: async (id) => {
      const row = object.get(id);
      return row && objectOf(row);
    },
    begin: async ({ origin, actor, source, objects: known }) =>
      database.write('lasting', () => {
        const { commit, committedAt } = source ?? { commit: null, committedAt: null };
        const { id, digest, revision, sending = null } = actor;
        if (begin.run(origin, id, digest, revision, sending, commit, committedAt) === 0) return false;
        for (const entry of known.values()) put(entry);
        return true;
      }),
    compareAndSwap: async (version, change) =>
      database.write('lasting', () => {
        if (advance.run(version) === 0) return undefined;
        apply(change);
        return version + 1;
      }),
  };
}

function ledgerOf(row: Row, objects: readonly Row[]): Ledger {
  return {
    origin: text(row, 'origin'),
    actor: {
      id: text(row, 'actor_id'),
      digest: text(row, 'actor_digest'),
      revision: integer(row, 'actor_revision'),
      ...maybeText(row, 'actor_sending', 'sending'),
    },
    ...(row.source_commit === null
      ? {}
      : { source: { commit: text(row, 'source_commit'), committedAt: text(row, 'source_committed_at') } }),
    objects: new Map(objects.map((each) => [text(each, 'id'), objectOf(each)])),
  };
}

function objectOf(row: Row): LedgerObject {
  return {
    id: text(row, 'id'),
    state: oneOf(row, 'state', ['baseline', 'announced', 'deleted']),
    type: oneOf(row, 'type', ['Article', 'Note']),
    digest: text(row, 'digest'),
    ...maybeText(row, 'body_digest', 'bodyDigest'),
    revision: integer(row, 'revision'),
    published: text(row, 'published'),
    ...maybeText(row, 'updated', 'updated'),
    ...maybeText(row, 'deleted', 'deleted'),
    title: text(row, 'title'),
    url: text(row, 'url'),
    source: text(row, 'source'),
    ...maybeText(row, 'sending', 'sending'),
  };
}

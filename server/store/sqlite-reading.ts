import { MAX_READING, type ReadingItem, type ReadingStore } from './account-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { jsonOf, maybeText, oneOf, type Row, storable, text } from './sqlite-rows.ts';
import { isAuthor, isContent } from './stored-content.ts';
import { timeOf } from './stored-order.ts';

/** What followed accounts said, in SQLite. */
export function sqliteReading(database: SqliteDatabase): ReadingStore {
  const get = database.prepare('SELECT * FROM reading WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO reading (kind, object, author_actor, author, content, in_reply_to, id, actor, at, at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE reading SET (kind, object, author_actor, author, content, in_reply_to) = (?, ?, ?, ?, ?, ?) WHERE id = ?',
  );
  const makeRoom = database.prepare(
    'DELETE FROM reading WHERE seq IN (SELECT seq FROM reading ORDER BY at_ms DESC, seq DESC LIMIT -1 OFFSET ?)',
  );
  const remove = database.prepare(
    'DELETE FROM reading WHERE (actor = ?1 AND id = ?2) OR (?1 IN (actor, author_actor) AND object = ?2)',
  );
  const newest = database.prepare('SELECT * FROM reading ORDER BY at_ms DESC, seq DESC LIMIT ?');
  const prune = database.prepare('DELETE FROM reading WHERE at_ms < ?');
  const forget = database.prepare('DELETE FROM reading WHERE ? IN (actor, author_actor)');

  return {
    put: (item) =>
      database.writeShared('lasting', () => {
        const known = get.get(item.id);
        if (known && text(known, 'actor') !== storable(item.actor)) return 'ignored';
        const { id, actor, kind, object = null, author, content, inReplyTo = null, at } = item;
        const said = [kind, object, author.actor, JSON.stringify(author), JSON.stringify(content), inReplyTo];
        if (known) {
          update.run(...said, id);
          return 'updated';
        }
        insert.run(...said, id, actor, at, timeOf(at));
        makeRoom.run(MAX_READING);
        return 'added';
      }),
    get: async (id) => {
      const row = get.get(id);
      return row && itemOf(row);
    },
    remove: (actor, id) => database.writeShared('lasting', () => remove.run(actor, id)),
    newest: async (limit) => newest.all(limit).map(itemOf),
    prune: (before) => database.writeShared('lasting', () => prune.run(timeOf(before))),
    forgetActor: (actor) => database.writeShared('lasting', () => forget.run(actor)),
  };
}

function itemOf(row: Row): ReadingItem {
  return {
    id: text(row, 'id'),
    actor: text(row, 'actor'),
    kind: oneOf(row, 'kind', ['post', 'boost']),
    ...maybeText(row, 'object', 'object'),
    author: jsonOf(row, 'author', isAuthor),
    content: jsonOf(row, 'content', isContent),
    ...maybeText(row, 'in_reply_to', 'inReplyTo'),
    at: text(row, 'at'),
  };
}

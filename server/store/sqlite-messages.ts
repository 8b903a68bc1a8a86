import { NOTIFICATION_KINDS, type Notification } from '../../federation/interaction.ts';
import type { MessageStore, NotificationStore, SealedMessage } from './interaction-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, maybeText, oneOf, pageOf, type Row, storable, text } from './sqlite-rows.ts';
import { placeOf, timeOf } from './stored-order.ts';

/** Sealed messages in SQLite. */
export function sqliteMessages(database: SqliteDatabase): MessageStore {
  const senderOf = database.prepare('SELECT sender FROM messages WHERE object = ?');
  const insert = database.prepare('INSERT INTO messages (object, sender, jwe, at, at_ms) VALUES (?, ?, ?, ?, ?)');
  const update = database.prepare('UPDATE messages SET jwe = ? WHERE object = ?');
  const newest = database.prepare('SELECT * FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const remove = database.prepare('DELETE FROM messages WHERE object = ?');
  const removeOf = database.prepare('DELETE FROM messages WHERE object = ? AND sender = ?');
  const forget = database.prepare('DELETE FROM messages WHERE sender = ?');
  const count = database.prepare('SELECT count(*) AS n FROM messages');
  const countOf = database.prepare('SELECT count(*) AS n FROM messages WHERE sender = ? AND at_ms >= ?');
  const prune = database.prepare('DELETE FROM messages WHERE at_ms < ?');

  return {
    put: ({ object, sender, jwe, at }) =>
      database.writeShared('lasting', () => {
        const known = senderOf.get(object);
        if (known === undefined) insert.run(object, sender, jwe, at, timeOf(at));
        else if (text(known, 'sender') !== storable(sender)) return 'ignored';
        else update.run(jwe, object);
        return known === undefined ? 'added' : 'updated';
      }),
    list: async ({ limit, before }) => {
      const bound = before === undefined ? Number.MAX_SAFE_INTEGER : (placeOf(before) ?? 0);
      return pageOf(newest.all(bound, limit + 1), limit, messageOf);
    },
    remove: ({ object, sender }) =>
      database.writeShared(
        'lasting',
        () => (sender === undefined ? remove.run(object) : removeOf.run(object, sender)) > 0,
      ),
    forgetSender: (sender) => database.writeShared('lasting', () => forget.run(sender)),
    countSince: async (sender, since) => countIn(countOf.get(sender, since === '' ? 0 : timeOf(since))),
    count: async () => countIn(count.get()),
    prune: (before) => database.writeShared('lasting', () => prune.run(timeOf(before))),
  };
}

const FEED_SECRET = 'notifications';

/** The owner's notifications in SQLite. */
export function sqliteNotifications(database: SqliteDatabase): NotificationStore {
  const insert = database.prepare(
    `INSERT INTO notifications (key, kind, actor, handle, target, interaction, at, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const newest = database.prepare('SELECT * FROM notifications WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const forget = database.prepare('DELETE FROM notifications WHERE actor = ?');
  const prune = database.prepare('DELETE FROM notifications WHERE at_ms < ?');
  const secret = database.prepare('SELECT value FROM secrets WHERE name = ?');
  const keep = database.prepare(
    'INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );

  return {
    add: ({ key, kind, actor, handle = null, target = null, interaction = null, at }) =>
      database.writeShared(
        'lasting',
        () => insert.run(key, kind, actor, handle, target, interaction, at, timeOf(at)) > 0,
      ),
    list: async (limit) => newest.all(Number.MAX_SAFE_INTEGER, limit).map(notificationOf),
    forgetActor: (actor) => database.writeShared('lasting', () => forget.run(actor)),
    prune: (before) => database.writeShared('lasting', () => prune.run(timeOf(before))),
    secret: async (random, { renew = false } = {}) => {
      const known = secret.get(FEED_SECRET);
      if (known !== undefined && !renew) return text(known, 'value');
      return database.writeShared('lasting', () => {
        const made = renew ? undefined : secret.get(FEED_SECRET);
        if (made !== undefined) return text(made, 'value');
        const value = random();
        keep.run(FEED_SECRET, value);
        return value;
      });
    },
  };
}

function countIn(row: Row | undefined): number {
  return row === undefined ? 0 : integer(row, 'n');
}

function messageOf(row: Row): SealedMessage {
  return { object: text(row, 'object'), sender: text(row, 'sender'), jwe: text(row, 'jwe'), at: text(row, 'at') };
}

function notificationOf(row: Row): Notification {
  return {
    key: text(row, 'key'),
    kind: oneOf(row, 'kind', NOTIFICATION_KINDS),
    actor: text(row, 'actor'),
    ...maybeText(row, 'handle', 'handle'),
    ...maybeText(row, 'target', 'target'),
    ...maybeText(row, 'interaction', 'interaction'),
    at: text(row, 'at'),
  };
}

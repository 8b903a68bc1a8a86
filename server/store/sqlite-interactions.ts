import type { Author, Interaction } from '../../federation/interaction.ts';
import {
  decideState,
  type InteractionTable,
  isMeant,
  type KeptInteraction,
  picturesOf,
  picturesOfAuthor,
  putInteraction,
} from './interaction-rules.ts';
import type { InteractionStore } from './interaction-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteInteractionLooks } from './sqlite-interaction-looks.ts';
import { interactionOf, keptOf, storableIds, storableReference } from './sqlite-interaction-rows.ts';
import { pictureNames } from './sqlite-picture-names.ts';
import { integer, SAID, storable, text } from './sqlite-rows.ts';
import { timeOf } from './stored-order.ts';

export interface SqliteInteractions extends InteractionStore {
  /** Puts one as it was, inside a transaction. */
  restore(kept: KeptInteraction, author: Author): void;
}

/** What others said, in SQLite, and by whom. Triggers drop an author with the last interaction, and pictures with both. */
export function sqliteInteractions(database: SqliteDatabase): SqliteInteractions {
  const table = tableOf(database);
  const putAuthor = authorPut(database);
  return {
    put: (given, author) =>
      database.writeShared('lasting', () => {
        const result = putInteraction(table, storableIds(given));
        if (result !== 'ignored') putAuthor(author);
        return result;
      }),
    restore: ({ interaction, isApproved }, author) => {
      table.save({ interaction: storableIds(interaction), isApproved });
      putAuthor(author);
    },
    setState: (id, state, reason) =>
      database.writeShared('lasting', () => decideState(table, storable(id), state, reason)),
    putAuthor: (author) => database.writeShared('lasting', () => putAuthor(author)),
    ...drops(database),
    ...sqliteInteractionLooks(database),
  };
}

function tableOf(database: SqliteDatabase): InteractionTable {
  const get = database.prepare('SELECT * FROM interactions WHERE id = ?');
  const done = database.prepare('SELECT * FROM interactions WHERE actor = ? AND target = ? AND kind = ? ORDER BY seq');
  const answers = database.prepare('SELECT id FROM interactions WHERE in_reply_to = ? ORDER BY seq');
  const mentions = database.prepare(
    `SELECT id FROM interactions WHERE in_reply_to = ? AND kind = 'mention' ORDER BY seq LIMIT ?`,
  );
  const drop = database.prepare('DELETE FROM interactions WHERE id = ?');
  const save = database.prepare(
    `INSERT INTO interactions (id, kind, target, actor, state, approved, reason, in_reply_to, activity, content, emoji, at,
       at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, target = excluded.target, state = excluded.state,
       approved = excluded.approved, reason = excluded.reason, in_reply_to = excluded.in_reply_to,
       activity = excluded.activity, content = excluded.content, emoji = excluded.emoji
     RETURNING seq`,
  );
  const namePictures = pictureNames(database, 'interaction');

  return {
    get: (id) => [get.get(id)].flatMap((row) => (row ? keptOf(row) : []))[0],
    done: (actor, target, kind) => done.all(actor, target, kind).map(keptOf),
    answers: (id) => answers.all(id).map((row) => text(row, 'id')),
    mentions: (id, limit) => mentions.all(id, limit).map((row) => text(row, 'id')),
    save: ({ interaction, isApproved }) => {
      const { id, kind, target, actor, state, reason = null, inReplyTo = null, activity, at } = interaction;
      const [content, emoji] = [textOf(interaction.content), textOf(interaction.emoji)];
      const approved = isApproved ? 1 : 0;
      const facts = [state, approved, reason, inReplyTo, activity, content, emoji, at, timeOf(at)] as const;
      const row = save.get(id, kind, target, actor, ...facts);
      if (row) namePictures(integer(row, 'seq'), picturesOf(interaction));
    },
    drop: (id) => void drop.run(id),
  };
}

/** `putAuthor`, inside a transaction. */
function authorPut(database: SqliteDatabase): (author: Author) => boolean {
  const isKept = database.prepare('SELECT 1 AS yes FROM interactions WHERE actor = ? LIMIT 1');
  const save = database.prepare(
    `INSERT INTO authors (actor, name, handle, url, avatar, emojis, at, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (actor) DO UPDATE SET name = excluded.name, handle = excluded.handle, url = excluded.url,
       avatar = excluded.avatar, emojis = excluded.emojis, at = excluded.at, at_ms = excluded.at_ms
     WHERE excluded.at_ms >= at_ms
     RETURNING seq`,
  );
  const namePictures = pictureNames(database, 'author');

  return (author) => {
    const { actor, name = null, handle, url, avatar = null, emojis, at } = author;
    if (isKept.get(actor) === undefined) return false;
    const row = save.get(actor, name, handle, url, avatar, JSON.stringify(emojis), at, timeOf(at));
    if (row) namePictures(integer(row, 'seq'), picturesOfAuthor(author));
    return true;
  };
}

function drops(database: SqliteDatabase): Pick<InteractionStore, 'remove' | 'forgetActor' | 'forgetTarget' | 'prune'> {
  const ofId = database.prepare('SELECT * FROM interactions WHERE id = ?');
  const done = database.prepare('SELECT * FROM interactions WHERE actor = ? AND target = ? AND kind = ?');
  const drop = database.prepare('DELETE FROM interactions WHERE id = ?');
  const ofActor = database.prepare('DELETE FROM interactions WHERE actor = ?');
  const ofTarget = database.prepare('DELETE FROM interactions WHERE target = ?');
  const old = database.prepare(`DELETE FROM interactions WHERE kind IN (${SAID}) AND at_ms < ? AND state <> 'removed'`);
  return {
    remove: (given) =>
      database.writeShared('lasting', () => {
        const of = storableReference(given);
        const found = 'id' in of ? ofId.all(of.id) : done.all(of.actor, of.target, of.kind);
        const doomed: Interaction[] = found.map(interactionOf).filter((each) => isMeant(of, each));
        for (const { id } of doomed) drop.run(id);
        return doomed.length;
      }),
    forgetActor: (actor) => database.writeShared('lasting', () => ofActor.run(actor)),
    forgetTarget: (target) => database.writeShared('lasting', () => ofTarget.run(target)),
    prune: (before) => database.writeShared('lasting', () => old.run(timeOf(before))),
  };
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

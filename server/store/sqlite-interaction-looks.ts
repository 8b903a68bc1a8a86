import { type Author, INTERACTION_KINDS, INTERACTION_STATES, type Interaction } from '../../federation/interaction.ts';
import { withinContent } from './interaction-rules.ts';
import { type InteractionStore, MAX_THREAD } from './interaction-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { authorOf, interactionOf } from './sqlite-interaction-rows.ts';
import { integer, pageOf, type Row, SAID, text } from './sqlite-rows.ts';
import { placeOf, timeOf } from './stored-order.ts';

type Looks = Omit<
  InteractionStore,
  'put' | 'setState' | 'putAuthor' | 'remove' | 'forgetActor' | 'forgetTarget' | 'prune'
>;

/** What is read of interactions. Each kind is a search of its own, and the rows are merged: none is read in vain. */
export function sqliteInteractionLooks(database: SqliteDatabase): Looks {
  return { ...pages(database), ...single(database), ...ofActors(database) };
}

function pages(database: SqliteDatabase): Pick<InteractionStore, 'page' | 'thread' | 'list'> {
  const shown = database.prepare(
    `SELECT * FROM interactions WHERE target = ? AND state = 'shown' AND kind = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const newest = database.prepare(
    'SELECT * FROM interactions WHERE state = ? AND kind = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const newestAt = database.prepare(
    'SELECT * FROM interactions WHERE target = ? AND state = ? AND kind = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const authorsOf = authorsBy(database);

  return {
    page: async ({ target, kinds, limit, after }) => {
      const bound = after === undefined ? 0 : (placeOf(after) ?? Number.MAX_SAFE_INTEGER);
      const rows = [...new Set(kinds)].flatMap((kind) => shown.all(target, kind, bound, limit + 1));
      return pageOf(rows.toSorted(byPlace), limit, interactionOf);
    },
    thread: async (target) =>
      database.read(() => {
        const rows = INTERACTION_KINDS.flatMap((kind) => shown.all(target, kind, 0, MAX_THREAD));
        const items = withinContent(rows.toSorted(byPlace), contentLength).map(interactionOf);
        return { items, authors: authorsOf(items) };
      }),
    list: async ({ states = INTERACTION_STATES, kinds = INTERACTION_KINDS, target, limit, before }) =>
      database.read(() => {
        const bound = before === undefined ? Number.MAX_SAFE_INTEGER : (placeOf(before) ?? 0);
        const pairs = [...new Set(states)].flatMap((state) =>
          [...new Set(kinds)].map((kind) => [state, kind] as const),
        );
        const rows = pairs.flatMap(([state, kind]) =>
          target === undefined
            ? newest.all(state, kind, bound, limit + 1)
            : newestAt.all(target, state, kind, bound, limit + 1),
        );
        const page = pageOf(
          rows.toSorted((a, b) => byPlace(b, a)),
          limit,
          interactionOf,
        );
        return { ...page, authors: authorsOf(page.items) };
      }),
  };
}

function contentLength({ content }: Row): number {
  return typeof content === 'string' ? content.length : 0;
}

function byPlace(a: Row, b: Row): number {
  return integer(a, 'seq') - integer(b, 'seq');
}

function authorsBy(database: SqliteDatabase): (items: readonly Interaction[]) => Author[] {
  const get = database.prepare('SELECT * FROM authors WHERE actor = ?');
  return (items) => [...new Set(items.map(({ actor }) => actor))].flatMap((actor) => get.all(actor).map(authorOf));
}

function single(database: SqliteDatabase): Pick<InteractionStore, 'get' | 'find' | 'counts' | 'version' | 'targets'> {
  const get = database.prepare('SELECT * FROM interactions WHERE id = ?');
  const sent = database.prepare('SELECT * FROM interactions WHERE id = ? AND actor = ?');
  const brought = database.prepare('SELECT * FROM interactions WHERE activity = ? AND actor = ? ORDER BY seq LIMIT 1');
  const count = (kind: string) =>
    `(SELECT count(*) FROM interactions WHERE target = ?1 AND state = 'shown' AND kind = '${kind}')`;
  const counts = database.prepare(
    `SELECT ${count('reply')} AS replies, ${count('quote')} AS quotes, ${count('like')} AS likes, ${count('boost')} AS boosts`,
  );
  const version = database.prepare('SELECT version FROM thread_versions WHERE target = ?');
  const from = database.prepare('SELECT target FROM interactions WHERE target >= ? ORDER BY target LIMIT 1');
  const after = database.prepare('SELECT target FROM interactions WHERE target > ? ORDER BY target LIMIT 1');
  const isShownAt = database.prepare(`SELECT 1 AS yes FROM interactions WHERE target = ? AND state = 'shown' LIMIT 1`);

  return {
    get: async (id) => {
      const row = get.get(id);
      return row && interactionOf(row);
    },
    find: async (actor, id) => {
      const row = sent.get(id, actor) ?? brought.get(id, actor);
      return row && interactionOf(row);
    },
    counts: async (target) => {
      const row = counts.get(target) ?? {};
      const [replies, quotes] = [integer(row, 'replies'), integer(row, 'quotes')];
      return { replies, quotes, likes: integer(row, 'likes'), boosts: integer(row, 'boosts') };
    },
    version: async (target) => {
      const row = version.get(target);
      return row === undefined ? 0 : integer(row, 'version');
    },
    targets: async function* () {
      for (let row = from.get(''); row; row = after.get(text(row, 'target'))) {
        if (isShownAt.get(text(row, 'target'))) yield text(row, 'target');
      }
    },
  };
}

/** How many authors are in memory at once. Between two pages no statement is open, so writers go on. */
const PAGE = 100;

function ofActors(database: SqliteDatabase): Pick<InteractionStore, 'author' | 'authors' | 'wasShown' | 'countSince'> {
  const author = database.prepare('SELECT * FROM authors WHERE actor = ?');
  const page = database.prepare('SELECT * FROM authors WHERE seq > ? ORDER BY seq LIMIT ?');
  const wasShown = database.prepare(
    `SELECT 1 AS yes FROM interactions WHERE actor = ? AND kind IN (${SAID}) AND state = 'shown' LIMIT 1`,
  );
  const since = database.prepare('SELECT count(*) AS n FROM interactions WHERE actor = ? AND at_ms >= ?');

  return {
    author: async (actor) => {
      const row = author.get(actor);
      return row && authorOf(row);
    },
    authors: async function* () {
      for (let last = 0; ; ) {
        const rows = page.all(last, PAGE);
        for (const row of rows) yield authorOf(row);
        const end = rows.at(-1);
        if (end === undefined || rows.length < PAGE) return;
        last = integer(end, 'seq');
      }
    },
    wasShown: async (actor) => wasShown.get(actor) !== undefined,
    countSince: async (actor, at) => {
      const row = since.get(actor, timeOf(at));
      return row === undefined ? 0 : integer(row, 'n');
    },
  };
}

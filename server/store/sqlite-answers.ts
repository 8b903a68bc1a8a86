import type { AnswerStore, Consent, Vote } from './account-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, maybeText, oneOf, type Row, text } from './sqlite-rows.ts';
import { timeOf } from './stored-order.ts';

/** How many rows a walk holds in memory at once. */
const PAGE = 500;

/** What others answered, in SQLite. */
export function sqliteAnswers(database: SqliteDatabase): AnswerStore {
  const { forgetVotes, ...votes } = votesIn(database);
  const { forgetAsked, ...asked } = askedIn(database);
  return {
    ...votes,
    ...asked,
    forgetObject: (object) =>
      database.writeShared('lasting', () => {
        forgetAsked(object);
        return forgetVotes(object);
      }),
  };
}

function votesIn(database: SqliteDatabase) {
  const cast = database.prepare(
    `INSERT INTO votes (poll, actor, option, multiple, inbox, at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6
     WHERE NOT EXISTS (SELECT 1 FROM votes WHERE poll = ?1 AND actor = ?2 AND (?4 = 0 OR option = ?3))`,
  );
  const readdress = database.prepare('UPDATE votes SET inbox = ?, multiple = ? WHERE poll = ? AND actor = ?');
  const count = database.prepare('SELECT option, count(*) AS n FROM votes WHERE poll = ? GROUP BY option');
  const countVoters = database.prepare('SELECT count(DISTINCT actor) AS n FROM votes WHERE poll = ?');
  const inboxes = database.prepare('SELECT DISTINCT inbox FROM votes WHERE poll = ?');
  const forget = database.prepare('DELETE FROM votes WHERE poll = ?');
  const after = database.prepare(
    'SELECT * FROM votes WHERE (poll, actor, option) > (?, ?, ?) ORDER BY poll, actor, option LIMIT ?',
  );

  return {
    vote: ({ poll, actor, option, multiple, inbox, at }: Vote) =>
      database.writeShared('lasting', () => {
        const mark = multiple ? 1 : 0;
        if (cast.run(poll, actor, option, mark, inbox, at) === 0) return 'ignored';
        readdress.run(inbox, mark, poll, actor);
        return 'counted';
      }),
    tally: async (poll: string) =>
      database.read(() => {
        const votes: number[] = [];
        for (const row of count.all(poll)) {
          const option = integer(row, 'option');
          while (votes.length < option) votes.push(0);
          votes.push(integer(row, 'n'));
        }
        return { votes, voters: integer(countVoters.get(poll) ?? {}, 'n') };
      }),
    voterInboxes: async (poll: string) => inboxes.all(poll).map((row) => text(row, 'inbox')),
    forgetVotes: (poll: string) => forget.run(poll),
    votes: async function* () {
      let last: Vote | undefined;
      do {
        const rows = after.all(last?.poll ?? '', last?.actor ?? '', last?.option ?? -1, PAGE).map(voteOf);
        yield* rows;
        last = rows.length < PAGE ? undefined : rows.at(-1);
      } while (last);
    },
  } satisfies Partial<AnswerStore> & { forgetVotes: unknown };
}

function askedIn(database: SqliteDatabase) {
  const put = database.prepare(
    `INSERT INTO consents (object, quoted, state, stamp, at, at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (object) DO UPDATE
       SET quoted = excluded.quoted, state = excluded.state, stamp = excluded.stamp, at = excluded.at, at_ms = excluded.at_ms
       WHERE at_ms <= excluded.at_ms`,
  );
  const get = database.prepare('SELECT * FROM consents WHERE object = ?');
  const byStamp = database.prepare('SELECT * FROM consents WHERE stamp = ? LIMIT 1');
  const all = database.prepare('SELECT * FROM consents');
  const forget = database.prepare('DELETE FROM consents WHERE object = ?');
  const told = database.prepare('SELECT digest FROM told WHERE object = ?');
  const tell = database.prepare(
    'INSERT INTO told (object, digest) VALUES (?, ?) ON CONFLICT (object) DO UPDATE SET digest = excluded.digest',
  );
  const forgetTold = database.prepare('DELETE FROM told WHERE object = ?');
  const one = (row: Row | undefined): Consent | undefined => row && consentOf(row);

  return {
    putConsent: ({ object, quoted, state, stamp, at }: Consent) =>
      database.writeShared('lasting', () => void put.run(object, quoted, state, stamp ?? null, at, timeOf(at))),
    consent: async (object: string) => one(get.get(object)),
    consentByStamp: async (stamp: string) => one(byStamp.get(stamp)),
    told: async (object: string) => {
      const row = told.get(object);
      return row && text(row, 'digest');
    },
    setTold: (object: string, digest: string) => database.writeShared('lasting', () => void tell.run(object, digest)),
    forgetAsked: (object: string): void => {
      forget.run(object);
      forgetTold.run(object);
    },
    consents: async function* () {
      yield* all.all().map(consentOf);
    },
  } satisfies Partial<AnswerStore> & { forgetAsked: unknown };
}

function voteOf(row: Row): Vote {
  return {
    poll: text(row, 'poll'),
    actor: text(row, 'actor'),
    option: integer(row, 'option'),
    multiple: integer(row, 'multiple') === 1,
    inbox: text(row, 'inbox'),
    at: text(row, 'at'),
  };
}

function consentOf(row: Row): Consent {
  return {
    object: text(row, 'object'),
    quoted: text(row, 'quoted'),
    state: oneOf(row, 'state', ['accepted', 'rejected', 'revoked']),
    ...maybeText(row, 'stamp', 'stamp'),
    at: text(row, 'at'),
  };
}

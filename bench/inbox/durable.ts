/**
 * Follows into a SQLite file on disk, as they come in at once and one at a time, against single durable commits of the same
 * file system; and the memory of a long run. Says over IPC what came of it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inbox } from '../../server/routes/inbox.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { connect } from '../../server/store/sqlite-database.ts';
import { openBlog } from './open-blog.ts';
import { documentOf, followOf, requestOf, type Sender, signed } from './requests.ts';

export interface DurableFigures {
  readonly commitsPerSecond: number;
  readonly followsPerSecond: number;
  /** Each waited for before the next. */
  readonly alonePerSecond: number;
  /** MiB resident after each tenth of the long run. */
  readonly resident: readonly number[];
  readonly requests: number;
}

const AT_ONCE = 64;
const COMMITS = 500;
const ALONE = 300;

const senders: Sender[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const requests = Number(process.argv[3]);
const folder = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'postern-inbox-'));
const documents = new Map(senders.map((sender) => [sender.actor, documentOf(sender)]));

function commitAlone(): number {
  const database = connect(join(folder, 'floor.db'));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE follows (id TEXT PRIMARY KEY, actor TEXT NOT NULL, json TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO follows VALUES (?, ?, ?)');
  const began = performance.now();
  for (let i = 0; i < COMMITS; i += 1) {
    const sender = senders[i % senders.length];
    if (sender)
      database.write('lasting', () => insert.run(`${i}`, sender.actor, JSON.stringify(followOf(sender, `${i}`))));
  }
  const perSecond = COMMITS / ((performance.now() - began) / 1_000);
  database.close();
  return perSecond;
}

const store = openSqliteStore(join(folder, 'postern.db'));
const deps = openBlog(store, (url) => documents.get(url.split('#')[0] ?? ''));

/** Gives the seconds that the blog took: signing is not counted. */
async function follow(names: readonly string[], atOnce = AT_ONCE): Promise<number> {
  let seconds = 0;
  for (let at = 0; at < names.length; at += atOnce) {
    const made = names.slice(at, at + atOnce).map((name, i) => {
      const sender = senders[(at + i) % senders.length];
      if (!sender) throw new Error('there are no senders');
      return requestOf(signed(sender, followOf(sender, name)));
    });
    const began = performance.now();
    const answers = await Promise.all(made.map((request) => inbox(deps, request)));
    seconds += (performance.now() - began) / 1_000;
    const refused = answers.find(({ status }) => status !== 202);
    if (refused) throw new Error(`a Follow was answered with ${refused.status}: ${await refused.text()}`);
  }
  return seconds;
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

// A server that has run for a while: the engine compiles for some thousand requests.
await follow(names('warm', 4 * senders.length));
const commitsPerSecond = commitAlone();
const followsPerSecond = senders.length / (await follow(names('known', senders.length)));
const alonePerSecond = ALONE / (await follow(names('alone', ALONE), 1));
const resident: number[] = [];
for (let tenth = 0; tenth < 10; tenth += 1) {
  await follow(names(`long-${tenth}`, requests / 10));
  global.gc?.();
  resident.push(process.memoryUsage().rss / 2 ** 20);
}
await store.close();
rmSync(folder, { recursive: true });
process.send?.({ commitsPerSecond, followsPerSecond, alonePerSecond, resident, requests } satisfies DurableFigures);
process.disconnect?.();

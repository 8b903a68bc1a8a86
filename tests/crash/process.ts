import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createMediaClient } from '../../server/http/media-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { createWebfingerClient } from '../../server/http/webfinger-client.ts';
import type { Deps, DocumentClient } from '../../server/ports.ts';
import { sqliteStoreOn } from '../../server/store/sqlite.ts';
import { connect, type SqliteDatabase } from '../../server/store/sqlite-database.ts';
import { migrate } from '../../server/store/sqlite-schema.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { ADDRESSES, NOW } from '../server/publish-world.ts';
import { openBlog } from './blogs.ts';
import type { Following, Job, Said } from './job.ts';
import { countingDatabase, countingInboxes, stepCounter } from './step-counter.ts';

/** A process of the blog: real SQLite file, real HTTP, real signatures; its files and its clock are given. */
export interface Running {
  readonly job: Job;
  readonly deps: Deps;
  readonly database: SqliteDatabase;
  readonly key: KeyObject;
  readonly say: (said: Said) => void;
  /** Lets this process live at a later time: nobody waits for a retry or for the lease of a process that died. */
  advanceTo(time: number): void;
  steps(): number;
  close(): Promise<void>;
}

export function openProcess(job: Job, say: (said: Said) => void): Running {
  const counter = stepCounter(job.dieAt);
  const database = countingDatabase(connect(job.file), counter);
  migrate(database);
  if (job.mostPages !== undefined) database.prepare(`PRAGMA max_page_count = ${job.mostPages}`).get();
  const store = sqliteStoreOn(database);
  const world = openBlog(job.blog, store);
  const began = performance.now();
  let later = job.later + (job.ahead ?? 0);
  const clock = (): number => Math.floor(NOW + later + (performance.now() - began));
  const key = createPrivateKey(job.key);
  const keys = signingKeys(ADDRESSES.actor, key);
  const http = { agents: createAgents({ allowPrivate: true }), allowPrivate: true, userAgent: job.run, clock };
  const inboxes = countingInboxes(createInboxClient({ ...http, ...createSigning(keys) }), counter);
  const documents = documentsOf(job.follows ?? [], key);
  return {
    job,
    database,
    key,
    say,
    deps: {
      ...world.deps,
      store,
      inboxes,
      documents,
      media: createMediaClient(http),
      webfinger: createWebfingerClient(http),
      keys,
      clock,
    },
    advanceTo: (time) => {
      later += Math.max(0, time - clock());
    },
    steps: counter.count,
    close: async () => {
      await inboxes.close();
      await store.close();
    },
  };
}

/** The actors of those who follow, in memory: what is asked of them is no part of these tests. */
function documentsOf(follows: readonly Following[], key: KeyObject): DocumentClient {
  const inboxes = new Map(follows.map(({ actor, inbox }) => [actor, inbox]));
  const publicKeyPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return {
    get: async (url) => {
      const actor = url.replace(/#.*/, '');
      const inbox = inboxes.get(actor);
      if (inbox === undefined) return { kind: 'refused', status: 404, reason: 'status' };
      const publicKey = { id: `${actor}#main-key`, owner: actor, publicKeyPem };
      return { kind: 'document', url: actor, document: { id: actor, type: 'Person', inbox, publicKey } };
    },
  };
}

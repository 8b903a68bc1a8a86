import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import type { Store } from '../../../server/store/store.ts';
import { activity, enqueued, follower, ledgerObject } from './samples.ts';

/*
 * One process of several on one store file: `worker.ts <command> <file> <owner>`. It writes one JSON value a line,
 * synchronously, so that what was written is what had happened when the process is killed. It begins when its standard
 * input ends, so that several of them begin at the same moment.
 */
const [command = '', file = '', owner = ''] = process.argv.slice(2);

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = { open, drain, hold, swap, follow, crash };

function say(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`);
}

/** Opens the store, which may be new, and stores one follower. */
async function open(): Promise<void> {
  const store = openSqliteStore(file);
  say(await store.followers.put(follower(owner)));
  await store.close();
}

/** Leases and settles until nothing is pending. Says what it delivered. */
async function drain(): Promise<void> {
  const store = openSqliteStore(file);
  while ((await store.deliveries.counts()).pending > 0) {
    const leased = await store.deliveries.lease({ owner, now: Date.now(), leaseMs: 60_000, limit: 7 });
    if (leased.length === 0) await sleep(5);
    for (const { activityId, inbox } of leased) {
      await assertCreateWasFirst(store, activityId, inbox);
      const settled = await store.deliveries.settle(
        { activityId, inbox, owner },
        { state: 'delivered', status: 202 },
        1,
      );
      if (!settled) throw new Error(`The lease of ${activityId} to ${inbox} was lost.`);
      say([activityId, inbox]);
    }
  }
  await store.close();
}

async function assertCreateWasFirst(store: Store, activityId: string, inbox: string): Promise<void> {
  if (!activityId.endsWith('/second')) return;
  const creates = await store.deliveries.ofActivity(activity('first').id);
  const create = creates.find((delivery) => delivery.inbox === inbox);
  if (create?.state !== 'delivered') throw new Error(`The second activity for ${inbox} overtook the first.`);
}

/** Leases everything for a short while and waits to be killed. */
async function hold(): Promise<void> {
  const store = openSqliteStore(file);
  const leased = await store.deliveries.lease({ owner, now: 0, leaseMs: 1_000, limit: 1_000 });
  say(leased.length);
  await forever();
}

/** Swaps thirty times, adding one object each time. */
async function swap(): Promise<void> {
  const store = openSqliteStore(file);
  for (let done = 0; done < 30; ) {
    const version = (await store.ledger.read())?.version ?? 0;
    const objects = [ledgerObject(`${owner}/${done}`)];
    if ((await store.ledger.compareAndSwap(version, { objects })) !== undefined) done += 1;
  }
  await store.close();
}

/** Stores followers and deliveries without end. Says each once it is stored. */
async function follow(): Promise<void> {
  const store = openSqliteStore(file);
  for (let n = 0; ; n += 1) {
    await store.followers.put(follower(`${owner}${n}`));
    await enqueued(store, activity(`${owner}${n}`), [follower(`${owner}${n}`).inbox]);
    say(`${owner}${n}`);
  }
}

/** Waits to be killed in the middle of a transaction, holding the write lock. */
async function crash(): Promise<void> {
  const database = connect(file);
  database.write('lasting', () => {
    database.exec("INSERT INTO seen (id, at) VALUES ('half', 1)");
    say('inside');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

function forever(): Promise<void> {
  return new Promise(() => setInterval(() => {}, 60_000));
}

say('ready');
readFileSync(0);
try {
  await COMMANDS[command]?.();
} catch (error) {
  say({ error: error instanceof Error && 'code' in error ? error.code : String(error) });
  process.exitCode = 1;
}

import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import type { Store } from '../../../server/store/store.ts';
import { ALICE, activity, author, BOB, by, enqueued, follower, interaction, ledgerObject } from './samples.ts';

/*
 * One process of several on one store file: `worker.ts <command> <file> <owner>`. It writes one JSON value a line,
 * synchronously, so that what was written is what had happened when the process is killed. It begins when its standard
 * input ends, so that several of them begin at the same moment.
 */
const [command = '', file = '', owner = ''] = process.argv.slice(2);

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  open,
  drain,
  drainUntilTakenBack,
  takeBack,
  hold,
  swap,
  follow,
  flood,
  likes,
  hide,
  secret,
  crash,
};

function say(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`);
}

/** Opens the store, which may be new, and stores one follower. */
async function open(): Promise<void> {
  const store = openSqliteStore(file);
  say(await store.followers.put(follower(owner)));
  await store.close();
}

/** Leases and settles until nothing is pending. Says what it delivered. A first attempt at a post of `o` may fail. */
async function drain(isAwaitingDelete = false): Promise<void> {
  const store = openSqliteStore(file);
  const deletion = activity('back', 'o', 'Delete').id;
  for (;;) {
    const isTakenBack = (await store.deliveries.ofActivity(deletion)).length > 0;
    if ((await store.deliveries.counts()).pending === 0 && (isTakenBack || !isAwaitingDelete)) break;
    const leased = await store.deliveries.lease({ owner, now: Date.now(), leaseMs: 60_000, limit: 7 });
    if (leased.length === 0) await sleep(5);
    for (const { activityId, inbox, attempts, activity: sent } of leased) {
      if (isTakenBack && sent.type !== 'Delete') throw new Error(`${activityId} was sent after its Delete.`);
      await assertOthersWereFirst(store, activityId, inbox);
      const isFailing = sent.type === 'Update' && attempts === 0;
      const after: AfterAttempt = isFailing
        ? { state: 'pending', dueAt: 1, status: 503, error: 'HTTP 503' }
        : { state: 'delivered', status: 202 };
      const settled = await store.deliveries.settle({ activityId, inbox, owner }, after, 1);
      if (!settled) throw new Error(`The lease of ${activityId} to ${inbox} was lost.`);
      if (!isFailing) say([activityId, inbox]);
    }
  }
  await store.close();
}

/** The same, until the post of `o` has been taken back. */
function drainUntilTakenBack(): Promise<void> {
  return drain(true);
}

/** Nothing that was asked for earlier about the same object waits or is under way. */
async function assertOthersWereFirst(store: Store, activityId: string, inbox: string): Promise<void> {
  const object = (await store.activities.get(activityId))?.object ?? '';
  for (const each of (await store.deliveries.receipts(object)).deliveries) {
    if (each.activityId === activityId && each.inbox === inbox) return;
    if (each.inbox === inbox && each.state === 'pending') throw new Error(`${activityId} overtook ${each.activityId}.`);
  }
}

/** Edits the post of `o` while others deliver it, and takes it back. */
async function takeBack(): Promise<void> {
  const store = openSqliteStore(file);
  const inboxes = (await store.deliveries.ofActivity(activity('post', 'o').id)).map(({ inbox }) => inbox);
  for (const sent of [
    activity('edit', 'o', 'Update'),
    activity('edit again', 'o', 'Update'),
    activity('back', 'o', 'Delete'),
  ]) {
    await sleep(30);
    await enqueued(store, sent, inboxes, Date.now());
    say(sent.type);
  }
  await store.close();
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

/** Stores followers and what they say without end, many at once. Says each once it is stored. */
async function flood(): Promise<void> {
  const store = openSqliteStore(file);
  for (let n = 0; ; n += 1) {
    const names = Array.from({ length: 20 }, (_, each) => `${owner}${n}-${each}`);
    await Promise.all(
      names.map(async (name) => {
        const who = author(name);
        const writes = [store.followers.put(follower(name)), store.interactions.put(by(who, name), who)];
        await Promise.all([...writes, store.inbound.markSeen(name, n)]);
        say(name);
      }),
    );
  }
}

/** Likes the same post again and again, and says one thing about it. */
async function likes(): Promise<void> {
  const store = openSqliteStore(file);
  for (let n = 0; n < 25; n += 1) {
    await store.interactions.put(by(ALICE, `${owner}${n}`, { kind: 'like' }), ALICE);
    say(await store.interactions.put(by(BOB, `said${n}`), BOB));
  }
  await store.close();
}

/** Hides what a test said. */
async function hide(): Promise<void> {
  const store = openSqliteStore(file);
  say(await store.interactions.setState(interaction(owner).id, 'hidden'));
  await store.close();
}

/** Asks for the secret of the feed. */
async function secret(): Promise<void> {
  const store = openSqliteStore(file);
  say(await store.notifications.secret(() => owner));
  await store.close();
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

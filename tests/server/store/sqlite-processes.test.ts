import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { connect } from '../../../server/store/sqlite-database.ts';
import type { Store } from '../../../server/store/store.ts';
import { activity, author, BEGUN, enqueued, follower, interaction, ORIGIN, POST } from './samples.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };

describe('several processes on one SQLite store', () => {
  let folder: string;
  let file: string;
  let processes: Run[];
  let stores: Store[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-processes-'));
    file = join(folder, 'data', 'postern.db');
    processes = [];
    stores = [];
  });
  afterEach(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    await Promise.all(processes.map(({ exit }) => exit));
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });
  const start = (command: string, owner = 'worker'): Run => {
    const run = startWorker(command, file, owner);
    processes.push(run);
    return run;
  };
  const open = (): Store => {
    const store = openSqliteStore(file);
    stores.push(store);
    return store;
  };

  test('processes that open a new file at the same moment all get the same store', async () => {
    const runs = Array.from({ length: 6 }, (_, n) => start('open', `w${n}`));
    await begin(runs);
    for (const run of runs) expect(await finished(run)).toEqual(['added']);
    expect(await open().followers.count()).toBe(6);
    expect(integrity(file)).toBe('ok');
  });

  test('a process that opens it twice keeps its log when another one that looked into it ends', async () => {
    open();
    const store = open();
    const log = statSync(`${file}-wal`).ino;
    const visit = start('open', 'visitor');
    await begin([visit]);
    await finished(visit);
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.ino).toBe(log);
    await store.followers.put(follower('later'));
    const look = start('open', 'another');
    await begin([look]);
    await finished(look);
    expect(await open().followers.count()).toBe(3);
  });

  test('a queue drained by several processes: each delivery once, none lost, in order', async () => {
    const store = open();
    const inboxes = Array.from({ length: 150 }, (_, n) => `https://${n % 20}.example/inbox/${n}`);
    await enqueued(store, activity('first', 'o'), inboxes);
    await enqueued(store, activity('second', 'o'), inboxes);
    const runs = ['a', 'b', 'c', 'd'].map((owner) => start('drain', owner));
    await begin(runs);
    const delivered = (await Promise.all(runs.map(finished))).flat().map((line) => JSON.stringify(line));
    expect(new Set(delivered).size).toBe(300);
    expect(delivered).toHaveLength(300);
    expect(await store.deliveries.counts()).toEqual({ pending: 0, delivered: 300, failed: 0, gone: 0, superseded: 0 });
    const receipts = await store.deliveries.ofActivity(activity('second', 'o').id);
    expect(receipts.every(({ attempts }) => attempts === 1)).toBe(true);
  });

  test('a post that is edited and taken back while several deliver it: nothing of it follows the Delete', async () => {
    const store = open();
    const inboxes = Array.from({ length: 120 }, (_, n) => `https://${n % 20}.example/inbox/${n}`);
    const post = await enqueued(store, activity('post', 'o'), inboxes);
    const runs = [...['a', 'b', 'c'].map((owner) => start('drainUntilTakenBack', owner)), start('takeBack')];
    await begin(runs);
    const [first = [], second = [], third = []] = await Promise.all(runs.map(finished));
    const delivered = [...first, ...second, ...third].map((line) => JSON.stringify(line));
    expect(new Set(delivered).size).toBe(delivered.length);
    const { deliveries } = await store.deliveries.receipts('o');
    const statesOf = (id: string) => deliveries.filter(({ activityId }) => activityId === id).map(({ state }) => state);
    expect(statesOf(activity('back', 'o', 'Delete').id)).toEqual(inboxes.map(() => 'delivered'));
    expect(deliveries.filter(({ state }) => state === 'delivered')).toHaveLength(delivered.length);
    for (const { id } of [{ id: post }, activity('edit', 'o', 'Update'), activity('edit again', 'o', 'Update')]) {
      expect(statesOf(id).every((state) => state === 'delivered' || state === 'superseded')).toBe(true);
    }
  });

  test('swaps from several processes: no change is lost', async () => {
    const store = open();
    await store.ledger.begin({ origin: ORIGIN, actor: ACTOR, begun: BEGUN, objects: new Map() });
    const runs = ['a', 'b', 'c'].map((owner) => start('swap', owner));
    await begin(runs);
    await Promise.all(runs.map(finished));
    const ledger = await store.ledger.read();
    expect(ledger?.version).toBe(91);
    expect(ledger?.ledger.objects.size).toBe(90);
  });

  test('a process killed with leases in hand: they run out and another delivers', async () => {
    const store = open();
    await enqueued(store, activity('x'), ['https://a.example/inbox', 'https://b.example/inbox']);
    const holder = start('hold');
    await begin([holder]);
    await line(holder, (value) => value === 2);
    await kill(holder);
    const lease = { owner: 'next', leaseMs: 1_000, limit: 10 };
    expect(await store.deliveries.nextDue()).toBe(1_000);
    expect(await store.deliveries.lease({ ...lease, now: 999 })).toEqual([]);
    expect(await store.deliveries.lease({ ...lease, now: 1_000 })).toHaveLength(2);
  });

  test('a process killed while it writes: what it said it stored is stored, and the file is whole', async () => {
    for (const owner of ['a', 'b', 'c']) {
      const writer = start('follow', owner);
      await begin([writer]);
      await line(writer, () => writer.lines.length >= 40);
      await kill(writer);
      const store = open();
      expect(integrity(file)).toBe('ok');
      for (const name of writer.lines) {
        expect(await store.followers.get(follower(String(name)).actor)).toBeDefined();
        expect(await store.deliveries.ofActivity(activity(String(name)).id)).toHaveLength(1);
      }
    }
  });

  test('a process killed while many write at once: what was said to be stored is stored, whole', async () => {
    const writer = start('flood');
    await begin([writer]);
    await line(writer, () => writer.lines.length >= 200);
    await kill(writer);
    const store = open();
    expect(integrity(file)).toBe('ok');
    for (const name of writer.lines.map(String)) {
      expect(await store.followers.get(follower(name).actor)).toBeDefined();
      expect(await store.interactions.get(interaction(name).id)).toBeDefined();
      expect(await store.interactions.author(author(name).actor)).toBeDefined();
      expect(await store.inbound.seen(name)).toBe(true);
    }
  });

  test('several processes store what the same actors do: each thing once, and one like', async () => {
    const runs = ['a', 'b', 'c'].map((owner) => start('likes', owner));
    await begin(runs);
    const said = (await Promise.all(runs.map(finished))).flat();
    expect(said.filter((result) => result === 'added')).toHaveLength(25);
    expect(said.filter((result) => result === 'updated')).toHaveLength(50);
    const store = open();
    expect(await store.interactions.counts(POST)).toMatchObject({ likes: 1, replies: 25 });
    expect((await store.interactions.thread(POST)).authors).toHaveLength(2);
  });

  test('several processes that ask for the secret of the feed at once are given one', async () => {
    const runs = ['a', 'b', 'c', 'd'].map((owner) => start('secret', owner));
    await begin(runs);
    expect(new Set((await Promise.all(runs.map(finished))).flat()).size).toBe(1);
  });

  test('what another process hides is another version of the thread at once', async () => {
    const store = open();
    await store.interactions.put(interaction('a'), author('r'));
    const before = await store.interactions.version(POST);
    const hider = start('hide', 'a');
    await begin([hider]);
    expect(await finished(hider)).toEqual([[interaction('a').id]]);
    expect(await store.interactions.version(POST)).toBeGreaterThan(before);
  });

  test('a process killed inside a transaction leaves no half of it, and no lock', async () => {
    const store = open();
    const writer = start('crash');
    await begin([writer]);
    await line(writer, (value) => value === 'inside');
    expect(await store.inbound.seen('half')).toBe(false);
    const other = connect(file, { busyTimeoutMs: 50 });
    expect(() => other.write('lasting', () => {})).toThrow(expect.objectContaining({ code: 'store-busy' }));
    await kill(writer);
    other.write('lasting', () => {});
    other.close();
    expect(await store.inbound.seen('half')).toBe(false);
    expect(await store.followers.put(follower('after'))).toBe('added');
    expect(integrity(file)).toBe('ok');
  });
});

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: unknown[];
  readonly exit: Promise<{ code: number | null; errors: string }>;
}

function startWorker(command: string, file: string, owner: string): Run {
  const argv = ['--import', 'tsx', WORKER, command, file, owner];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: unknown[] = [];
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((part): unknown => JSON.parse(part)));
    child.emit('line');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const exit = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, errors }));
  });
  return { child, lines, exit };
}

/** Lets workers begin at the same moment, when the last of them is ready. */
async function begin(runs: readonly Run[]): Promise<void> {
  for (const run of runs) await line(run, (value) => value === 'ready');
  for (const { child, lines } of runs) {
    lines.shift();
    child.stdin.end();
  }
}

/** Waits for the end of a worker and gives what it said. */
async function finished({ exit, lines }: Run): Promise<unknown[]> {
  const { code, errors } = await exit;
  if (code !== 0) throw new Error(`The worker ended with ${code}: ${JSON.stringify(lines.at(-1))} ${errors}`);
  return lines;
}

/** Waits until a worker has said what is awaited. */
async function line({ child, lines, exit }: Run, isAwaited: (value: unknown) => boolean): Promise<void> {
  const said = new Promise<void>((resolve) => {
    const look = (): void => {
      if (lines.some(isAwaited)) resolve();
    };
    child.on('line', look);
    look();
  });
  const ended = exit.then(({ errors }) => {
    throw new Error(`The worker ended too early: ${JSON.stringify(lines.at(-1))} ${errors}`);
  });
  // When the worker is killed later on, its end is no fault.
  ended.catch(() => {});
  await Promise.race([said, ended]);
}

async function kill({ child, exit }: Run): Promise<void> {
  child.kill('SIGKILL');
  await exit;
}

function integrity(file: string): unknown {
  const database = connect(file);
  try {
    return database.prepare('PRAGMA integrity_check').get()?.integrity_check;
  } finally {
    database.close();
  }
}

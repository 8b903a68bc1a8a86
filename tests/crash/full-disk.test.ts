import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '../../server/ports.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { connect } from '../../server/store/sqlite-database.ts';
import { runWorker } from '../../server/worker.ts';
import { ACTIONS } from './actions.ts';
import { bundleChildren, type Children, cleanEnd, faultOf, type Limits } from './children.ts';
import { expectArrived, expectFollowers, expectNothingBroken, toldBy } from './expectations.ts';
import type { Following, Job, Said } from './job.ts';
import { type Lane, openLane } from './lanes.ts';
import { openProcess } from './process.ts';
import type { Trial } from './trial.ts';

const PATIENCE_MS = 300_000;
const NOBODY = 65_534;

let folder: string;
let children: Children;
let lane: Lane;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-full-'));
  children = await bundleChildren();
  lane = await openLane({ folder, children, servers: 3, inboxes: 6 });
});
afterAll(async () => {
  await children.close();
  await lane.peer.close();
  rmSync(folder, { recursive: true, force: true });
});

const PUBLISH = { blog: 'busy', actions: [['publish'], ['deliver']] };

const follows = (): Following[] =>
  ['x', 'y'].map((name) => ({
    actor: `${lane.peer.servers[0]}/users/${name}`,
    inbox: `${lane.peer.servers[0]}/${name}`,
  }));

function pagesOf(file: string): number {
  const database = connect(file);
  const [{ page_count: pages } = {}] = database.prepare('PRAGMA page_count').all();
  database.close();
  return Number(pages);
}

/** Works under limits, and then without. Gives the code of the error that it came to, if it did. */
async function workWithin(trial: Trial, job: Partial<Job>, limits: Limits = {}): Promise<string | undefined> {
  trial.start({ ...PUBLISH, ...job }, limits);
  const ended = await trial.end();
  const fault = faultOf(ended);
  if (fault) expect(fault.hint).not.toBe('');
  else cleanEnd(ended);
  trial.start(PUBLISH);
  cleanEnd(await trial.end());
  return fault?.code;
}

async function expectAsIfNothingHappened(trial: Trial): Promise<void> {
  const told = toldBy(lane.peer.posted);
  expect(told).toHaveLength(10);
  expectArrived(lane.peer.posted, lane.inboxes, told);
  await expectNothingBroken(trial, lane.peer.posted, 'busy');
  trial.remove();
}

describe('a disk that is full', () => {
  test(
    'while a publish or its deliveries write → a clear error, and the same publish goes on where there is room',
    async () => {
      const codes: (string | undefined)[] = [];
      for (let more = 0; codes.at(-1) !== undefined || more === 0; more = 2 * more + 1) {
        const trial = lane.begin(`pages-${more}`);
        codes.push(await workWithin(trial, { mostPages: pagesOf(trial.file) + more }));
        await expectAsIfNothingHappened(trial);
      }
      expect(codes.length).toBeGreaterThan(3);
      expect(new Set(codes)).toEqual(new Set(['store-disk-full', undefined]));
    },
    PATIENCE_MS,
  );

  test(
    'while the log cannot grow (a limit of the system on the size of files) → the same',
    async () => {
      const codes: (string | undefined)[] = [];
      for (const fileBlocks of [1, 66, 120, 240, 480, 100_000]) {
        const trial = lane.begin(`blocks-${fileBlocks}`);
        codes.push(await workWithin(trial, {}, { fileBlocks }));
        await expectAsIfNothingHappened(trial);
      }
      expect(codes.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => 'store-disk-full'));
      expect(codes.at(-1)).toBeUndefined();
    },
    PATIENCE_MS,
  );

  test(
    'while a Follow comes in → 503, and the sender’s next attempt makes a follower',
    async () => {
      for (const fileBlocks of [1, 66, 90]) {
        const trial = lane.begin(`receive-${fileBlocks}`, { follows: follows() });
        const work = { blog: 'before', actions: [['receive']] };
        trial.start(work, { fileBlocks });
        const [ended] = await trial.end();
        const refused = ended?.said.flatMap((line) => (line.said === 'refused' ? [line.status] : []));
        // Without room for the 32 KiB that readers share, a store is not even opened.
        expect(new Set(refused)).toEqual(new Set(fileBlocks === 1 ? [] : [503]));
        trial.start({ ...work, actions: [['receive'], ['deliver']] });
        cleanEnd(await trial.end());
        await expectFollowers(trial, lane.peer.posted, follows());
        await expectNothingBroken(trial, lane.peer.posted, 'before');
        trial.remove();
      }
    },
    PATIENCE_MS,
  );
});

describe('a store that may only be read', () => {
  test.each(['its file', 'its folder'])(
    'a user who may not write %s → a clear error, nothing is changed, and the publish goes on later',
    async (what) => {
      const trial = lane.begin('unprivileged');
      const modes: Modes = what === 'its file' ? { file: 0o444, folder: 0o777 } : { file: 0o666, folder: 0o555 };
      setModes(trial.file, modes);
      trial.start(PUBLISH, process.getuid?.() === 0 ? { user: NOBODY } : {});
      expect(faultOf(await trial.end())).toMatchObject({ code: 'store-read-only' });
      expect(lane.peer.posted).toEqual([]);
      setModes(trial.file, { file: 0o600, folder: 0o700 });
      trial.start(PUBLISH);
      cleanEnd(await trial.end());
      await expectAsIfNothingHappened(trial);
    },
  );

  test(
    'under a running server (every write of its connection is refused) → the inbox answers 503, the worker keeps trying, and all is sent later',
    async () => {
      const trial = lane.begin('running', { follows: follows() });
      const job = { run: 'server', file: trial.file, key: children.key, later: 0, ...PUBLISH, follows: follows() };
      const said: Said[] = [];
      const running = openProcess(job, (line) => said.push(line));
      const stop = new AbortController();
      await applyPlan(running.deps, await preparePlan(running.deps));
      running.database.exec('PRAGMA query_only = 1');
      const lines: LogLine[] = [];
      const deps = { ...running.deps, log: (line: LogLine) => lines.push(line) };
      const working = runWorker(deps, { owner: 'server', signal: stop.signal, pollMs: 20 });
      await ACTIONS.get('receive')?.(running);
      expect(said).toEqual(follows().map(({ actor }) => ({ said: 'refused', actor, status: 503 })));
      await until(
        () => lines.filter(({ event, doing }) => event === 'worker.fault' && doing === 'deliver').length >= 2,
      );
      expect(lane.peer.posted).toEqual([]);
      running.database.exec('PRAGMA query_only = 0');
      await ACTIONS.get('receive')?.(running);
      await until(async () => (await running.deps.store.deliveries.nextDue()) === undefined);
      stop.abort();
      await working;
      await running.close();
      expect(said.slice(2)).toEqual(follows().map(({ actor }) => ({ said: 'accepted', actor })));
      trial.start(PUBLISH);
      cleanEnd(await trial.end());
      await expectAsIfNothingHappened(trial);
    },
    PATIENCE_MS,
  );
});

interface Modes {
  readonly file: number;
  readonly folder: number;
}

/** Also on the way to the file, which others than its owner may not go. */
function setModes(file: string, modes: Modes): void {
  for (let at = dirname(dirname(file)); at !== tmpdir(); at = dirname(at)) chmodSync(at, 0o755);
  chmodSync(dirname(file), modes.folder);
  for (const end of ['', '-wal', '-shm']) if (existsSync(`${file}${end}`)) chmodSync(`${file}${end}`, modes.file);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error('It did not come to that within a minute.');
}

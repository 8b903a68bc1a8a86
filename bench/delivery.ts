/**
 * Deliveries against a bare node:http(s) floor and against Fedify, in the same run, over loopback.
 * `node --import tsx bench/delivery.ts [--posts 1000] [--runs 5] [--only https,http,cold,memory,dead,several]`
 *
 * The CPU is that of the sending process, all threads, until its last connection is closed; the receivers are a process
 * of their own. Warm: each sender has worked some rounds off before. Senders take turns, and who begins changes with each
 * run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBesideDead, measureSeveral } from './delivery/beside-dead.ts';
import {
  createWorld,
  type Measured,
  type Name,
  runCold,
  type Side,
  startSide,
  type World,
} from './delivery/processes.ts';
import type { Work } from './delivery/setup.ts';
import { machine, median, printTable } from './measure.ts';

const NAMES: readonly Name[] = ['floor', 'signing-floor', 'postern', 'fedify'];
const TITLES: Record<Name, string> = {
  floor: 'node:http(s), signed before',
  'signing-floor': 'node:http(s), signing',
  postern: 'Postern',
  'postern-beside-dead': 'Postern',
  fedify: 'Fedify 2.3.6',
};

/** Rounds that do not count: the engine compiles for some thousand deliveries. */
const WARM_UPS = 4;

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: 'https,http,cold,memory,dead,several' },
    /** A folder for CPU profiles of the warm senders, which then cost more. */
    profile: { type: 'string' },
  },
});
const posts = Number(values.posts);
const runs = Number(values.runs);
let nextOrigin = 0;

function newOrigins(count: number): number {
  nextOrigin += count;
  return nextOrigin - count;
}

/** Runs the senders in turns; `measureOne` is told who, and gives what it cost. */
async function takeTurns(
  names: readonly Name[],
  measureOne: (name: Name) => Promise<Measured>,
): Promise<Map<Name, Measured[]>> {
  const costs = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let i = 0; i < runs; i += 1) {
    const order = i % 2 === 0 ? names : [...names].reverse();
    for (const name of order) costs.get(name)?.push(await measureOne(name));
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return costs;
}

function rowsOf(what: string, costs: ReadonlyMap<Name, readonly Measured[]>): string[][] {
  const ours = costs.get('postern') ?? [];
  return [...costs].map(([name, measured]) => {
    const figure = (of: keyof Measured): number => median(measured.map((cost) => cost[of]));
    const ratio = median(ours.map((cost, i) => cost.cpu / (measured[i]?.cpu ?? Number.NaN)));
    return [
      what,
      TITLES[name],
      figure('cpu').toFixed(2),
      name === 'postern' ? '' : ratio.toFixed(2),
      figure('wall').toFixed(2),
      figure('connections').toLocaleString('en'),
      figure('peak').toFixed(0),
    ];
  });
}

async function warm(world: World, what: string, work: (first: number) => Work, perRound: number): Promise<string[][]> {
  const sides = new Map<Name, Side>();
  for (const name of NAMES) {
    const profile = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(values.profile, name)}`] : [];
    sides.set(name, await startSide(world, name, profile));
  }
  const run = async (name: Name): Promise<Measured> => {
    const side = sides.get(name);
    if (!side) throw new Error(`${name} was not started`);
    return side.run(work(newOrigins(perRound)));
  };
  for (let i = 0; i < WARM_UPS; i += 1) for (const name of NAMES) await run(name);
  const costs = await takeTurns(NAMES, run);
  for (const side of sides.values()) side.stop();
  return rowsOf(what, costs);
}

async function memory(world: World, activities: number): Promise<string[]> {
  const side = await startSide(world, 'postern');
  const { peak, cpu, wall, connections } = await side.run({
    scheme: 'http',
    first: newOrigins(500),
    origins: 500,
    activities,
  });
  side.stop();
  const deliveries = 500 * activities;
  return [
    deliveries.toLocaleString('en'),
    peak.toFixed(0),
    cpu.toFixed(2),
    wall.toFixed(2),
    connections.toLocaleString('en'),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
const world = await createWorld(folder);
const only = values.only.split(',');
try {
  console.log(`${machine()}; medians of ${runs} runs; ratio: Postern's CPU divided by that of the line\n`);
  const head = ['work', 'sender', 'CPU s', 'ratio', 'wall s', 'connections', 'peak MiB'];
  const rows: string[][] = [];
  if (only.includes('https')) {
    const work = (first: number): Work => ({ scheme: 'https', first, origins: posts, activities: 1 });
    rows.push(...(await warm(world, `https, ${posts} new origins`, work, posts)));
  }
  if (only.includes('http')) {
    const origins = Math.max(1, Math.round(posts / 10));
    const work = (first: number): Work => ({ scheme: 'http', first, origins, activities: 10 });
    rows.push(...(await warm(world, `http, 10 posts to ${origins} origins`, work, origins)));
  }
  if (only.includes('cold')) {
    const cold = (name: Name): Promise<Measured> =>
      runCold(world, name, { scheme: 'https', first: newOrigins(50), origins: 50, activities: 1 });
    await cold('postern');
    rows.push(...rowsOf('https, a cold process, 50 origins', await takeTurns(NAMES, cold)));
  }
  if (rows.length > 0) printTable(head, rows);
  if (only.includes('memory')) {
    console.log('');
    const table = [await memory(world, 10), await memory(world, 100)];
    printTable(['deliveries over http, 500 origins', 'peak MiB', 'CPU s', 'wall s', 'connections'], table);
  }
  if (only.includes('several')) {
    console.log('');
    await measureSeveral({ world, runs, newOrigins });
  }
  if (only.includes('dead')) {
    console.log('');
    await measureBesideDead({ world, runs, newOrigins }, posts);
  }
} finally {
  world.peers.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Requests to the inbox against a bare floor and against Fedify, in the same run.
 * `node --import tsx bench/inbox.ts [--runs 5] [--requests 100000] [--only cpu,durable]`
 *
 * What its function loads, and how soon it starts, is in `bench/cold.ts`. CPU is that of the receiving process, all threads. Requests are signed before, documents are in memory, storage too: what is
 * measured is what it takes to read, verify, decide and answer. Receivers take turns, and who begins changes with each run.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { DurableFigures } from './inbox/durable.ts';
import { deleteOf, followOf, makeSenders, replyOf, type Sender, type Sent, signed } from './inbox/requests.ts';
import type { Phase, PhaseCost } from './inbox/side.ts';
import { machine, median, printTable } from './measure.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NAMES = ['floor', 'postern', 'fedify'] as const;
type Name = (typeof NAMES)[number];
const TITLES: Record<Name, string> = { floor: 'bare node:crypto', postern: 'Postern', fedify: 'Fedify 2.3.6' };
const DELETES = 10_000;
const WARM_UP = 'warm-up';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    requests: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'cpu,durable' },
    /** A folder for CPU profiles of Postern, which then costs more. */
    profile: { type: 'string' },
  },
});
const runs = Number(values.runs);
const parts = new Set(values.only.split(','));
const keep = join(tmpdir(), 'postern-bench-senders');
mkdirSync(keep, { recursive: true, mode: 0o700 });
const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));

async function bundled(name: string): Promise<string> {
  const outfile = join(HERE, '../node_modules/.cache/postern-bench', `inbox-${name}.mjs`);
  await build({
    entryPoints: [join(HERE, 'inbox', `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a receiver ended with ${code}`)));
  });
}

function write(name: string, sent: readonly Sent[]): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(sent));
  return file;
}

/** Signed anew for each run: a signature holds for an hour. */
function phasesOf(senders: readonly Sender[], run: number): Phase[] {
  const [strange] = senders;
  if (!strange) throw new Error('there are no senders');
  const deletes = Array.from({ length: DELETES }, (_, i) => {
    const activity = deleteOf(i + run * DELETES);
    return signed({ actor: String(activity.actor), privateKeyPem: strange.privateKeyPem }, activity);
  });
  const follows = (name: string): Sent[] => senders.map((each) => signed(each, followOf(each, `${run}-${name}`)));
  const replies = (name: string): Sent[] => senders.map((each) => signed(each, replyOf(each, `${run}-${name}`)));
  return [
    { name: WARM_UP, file: write('warm-0', deletes.slice(0, 1_000)), atOnce: 16 },
    { name: 'Follow, unknown key', file: write('unknown', follows('first')), atOnce: 16 },
    // A server that has run for a while, for all of them: the engine compiles for some thousand requests.
    ...['second', 'third', 'fourth'].map((name) => ({ name: WARM_UP, file: write(name, follows(name)), atOnce: 16 })),
    { name: 'Follow, known key', file: write('known', follows('fifth')), atOnce: 16 },
    ...['sixth', 'seventh', 'eighth'].map((name) => ({ name: WARM_UP, file: write(name, replies(name)), atOnce: 16 })),
    { name: 'reply, known key', file: write('reply', replies('measured')), atOnce: 16 },
    { name: "unknown actor's Delete", file: write('delete', deletes), atOnce: 16 },
  ];
}

async function receive(file: string, name: Name, phases: readonly Phase[]): Promise<PhaseCost[]> {
  const profile = values.profile && name === 'postern' ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
  const child = fork(file, [join(keep, 'senders.json')], {
    execArgv: ['--expose-gc', ...profile],
    cwd: join(HERE, '..'),
  });
  await answerOf(child);
  const costs: PhaseCost[] = [];
  for (const phase of phases) {
    child.send(phase);
    const cost = await answerOf<PhaseCost>(child);
    if (cost.name !== WARM_UP) costs.push(cost);
  }
  child.disconnect();
  return costs;
}

async function compare(senders: readonly Sender[]): Promise<void> {
  const files = new Map<Name, string>();
  for (const name of NAMES) files.set(name, await bundled(name));
  const costs = new Map<Name, PhaseCost[][]>(NAMES.map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    const phases = phasesOf(senders, run);
    for (const name of run % 2 === 0 ? NAMES : [...NAMES].reverse()) {
      costs.get(name)?.push(await receive(files.get(name) ?? '', name, phases));
    }
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  const rows = (costs.get('postern')?.[0] ?? []).flatMap((_, index) =>
    NAMES.map((name) => {
      const mine = (costs.get(name) ?? []).map((phases) => phases[index]);
      const ours = (costs.get('postern') ?? []).map((phases) => phases[index]);
      const ratio = median(mine.map((cost, i) => (cost?.each ?? Number.NaN) / (ours[i]?.each ?? Number.NaN)));
      const [first] = mine;
      const statuses = Object.entries(first?.statuses ?? {}).map(([status, count]) => `${status} × ${count}`);
      return [
        first?.name ?? '',
        TITLES[name],
        median(mine.map((cost) => cost?.each ?? Number.NaN)).toFixed(3),
        name === 'postern' ? '' : ratio.toFixed(2),
        String(first?.fetches),
        statuses.join(', '),
      ];
    }),
  );
  printTable(['1,000 actors', 'receiver', 'CPU ms each', '÷ Postern', 'fetches', 'answers'], rows);
}

async function durable(): Promise<void> {
  const child = fork(await bundled('durable'), [join(keep, 'senders.json'), values.requests, HERE], {
    // As `npm start` runs the server.
    execArgv: ['--expose-gc', '--max-semi-space-size=16'],
  });
  const { commitsPerSecond, followsPerSecond, alonePerSecond, resident } = await answerOf<DurableFigures>(child);
  const row = (what: string, perSecond: number): string[] => [
    what,
    perSecond.toFixed(0),
    (perSecond / commitsPerSecond).toFixed(2),
  ];
  printTable(
    ['into a SQLite file', 'a second', 'ratio'],
    [
      ['single durable commits', commitsPerSecond.toFixed(0), ''],
      row('Follows, each stored with its Accept, 64 at once', followsPerSecond),
      row('the same Follows one at a time', alonePerSecond),
    ],
  );
  const shown = resident.map((mib) => mib.toFixed(0)).join(', ');
  console.log(`\nMiB resident after each tenth of ${Number(values.requests).toLocaleString('en')} Follows: ${shown}`);
}

console.log(`${machine()}; medians of ${runs} runs\n`);
try {
  const senders = await makeSenders(keep);
  if (parts.has('cpu')) await compare(senders);
  console.log('');
  if (parts.has('durable')) await durable();
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * The cold start of each function as Netlify packages it: a fresh process that loads it, against one that loads nothing.
 * `node --import tsx bench/cold.ts [--runs 10] [--only inbox,webfinger]`
 *
 * What the platform adds, its own bootstrap and the start of a machine, is not measured: it is the same for every function.
 */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type PackagedFunction, packageFunctions, sizesOf } from '../tests/functions/packaged.ts';
import { machine, median, printTable } from './measure.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' }, only: { type: 'string' } } });
const runs = Number(values.runs);
const only = values.only?.split(',');

/** Wall time of a process from its start to its end, and of the import within. Milliseconds. */
interface Start {
  readonly process: number;
  readonly load: number;
}

function startOnce(entry: string | undefined): Start {
  const load = entry === undefined ? '' : `await import(${JSON.stringify(pathToFileURL(entry).href)});`;
  const script = `const began = performance.now(); ${load} process.stdout.write(String(performance.now() - began));`;
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${entry} could not be loaded: ${stderr}`);
  return { process: took, load: Number(stdout) };
}

const { functions, remove } = await packageFunctions();
try {
  const measured: readonly (PackagedFunction | undefined)[] = [
    undefined,
    ...functions.filter(({ name }) => only?.includes(name) ?? true),
  ];
  const starts = measured.map((): Start[] => []);
  // In turns, so that what else the machine does is spread over all; one round warms the file cache.
  for (let run = -1; run < runs; run += 1) {
    for (const [index, each] of measured.entries()) {
      const start = startOnce(each?.entry);
      if (run >= 0) starts[index]?.push(start);
    }
  }
  const bare = median((starts[0] ?? []).map(({ process }) => process));
  const rows: string[][] = [];
  for (const [index, each] of measured.entries()) {
    const of = starts[index] ?? [];
    const process = median(of.map((start) => start.process));
    const load = median(of.map((start) => start.load));
    const sizes = each && (await sizesOf(each));
    rows.push([
      each?.name ?? 'bare node',
      process.toFixed(0),
      each ? (process - bare).toFixed(0) : '',
      each ? load.toFixed(0) : '',
      sizes ? (sizes.eager / 1_000).toFixed(0) : '',
      sizes ? (sizes.all / 1_000).toFixed(0) : '',
    ]);
  }
  console.log(`${machine()}, median of ${runs}\n`);
  printTable(['function', 'process, ms', 'above bare node', 'import, ms', 'at once, KB minified', 'all, KB'], rows);
} finally {
  remove();
}

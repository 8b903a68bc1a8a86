import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** What one run of a command cost: CPU seconds of the process and all it waited for, peak memory in MiB. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
  readonly memory: number;
}

/** Runs a command once as a whole process. Needs bash (its `time` counts descendants) and Linux's /proc. */
export async function measure(
  command: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-measure-'));
  const report = join(folder, 'cost');
  const script = 'TIMEFORMAT="%U %S %R"; exec 9>"$REPORT"; { time "$@" 2>&8; } 8>&2 2>&9';
  const child = spawn('bash', ['-c', script, 'measure', ...command], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, REPORT: report, MEMORY_REPORT: join(folder, 'memory') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`);
  const [user, system, wall] = readFileSync(report, 'utf8').trim().split(/\s+/).map(Number);
  const memory = Number(readFileSync(join(folder, 'memory'), 'utf8')) / 1024;
  rmSync(folder, { recursive: true });
  return { cpu: (user ?? Number.NaN) + (system ?? Number.NaN), wall: wall ?? Number.NaN, memory };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The machine, for the line above a table. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `Node ${process.version}, ${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n'));
}

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUN = join(ROOT, 'scripts/run.mjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clone that somebody has just made: the content that Postern brings, under git. */
export interface Clone {
  readonly folder: string;
  run(command: string, args?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ran>;
  /** Runs `npm run setup` in a terminal of 80 columns, and types each answer when its question stands there. */
  atTerminal(
    typed: readonly (readonly [question: string | RegExp, keys: string])[],
    args?: readonly string[],
  ): Promise<Ran>;
  git(...args: string[]): string;
  read(file: string): string;
  write(file: string, text: string): void;
  remove(): void;
}

export function createClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'postern-setup-'));
  const { PATH, HOME, TMPDIR } = process.env;
  const environment = { PATH, HOME, TMPDIR, NO_COLOR: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (...args: string[]): string => {
    const who = ['-c', 'user.name=Mara', '-c', 'user.email=mara@blog.example'];
    return execFileSync('git', [...who, ...args], { cwd: folder, env: environment, encoding: 'utf8' });
  };
  cpSync(join(ROOT, 'content'), join(folder, 'content'), { recursive: true });
  for (const file of ['keys.json', 'owner.json']) rmSync(join(folder, 'content', file), { force: true });
  writeFileSync(join(folder, '.gitignore'), '.postern/\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'Begin');
  return {
    folder,
    git,
    run: (command, args = [], more = {}) =>
      finished(spawn(process.execPath, [RUN, command, ...args], { cwd: folder, env: { ...environment, ...more } }), []),
    atTerminal(typed, args = []) {
      const line = ['stty cols 80; exec', process.execPath, RUN, 'setup', ...args].join(' ');
      // util-linux's `script` gives the command a terminal of its own.
      return finished(spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env: environment }), typed);
    },
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function finished(
  child: ReturnType<typeof spawn>,
  typed: readonly (readonly [question: string | RegExp, keys: string])[],
): Promise<Ran> {
  const left = [...typed];
  let [stdout, stderr, answered] = ['', '', 0];
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
    const [question, keys] = left[0] ?? [];
    if (question === undefined || keys === undefined) return;
    const at = stdout.slice(answered).search(question);
    if (at === -1) return;
    answered = stdout.length;
    left.shift();
    child.stdin?.write(keys);
  });
  if (typed.length === 0) child.stdin?.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

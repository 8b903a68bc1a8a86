import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { bundle } from './bundle.ts';
import type { Job, Said } from './job.ts';

/** How a child came to its end, and what it had said by then. */
export interface Ended {
  readonly killed: boolean;
  readonly said: readonly Said[];
  /** What it wrote to standard error. */
  readonly errors: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** When it has opened the store and begins, or has ended without. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ended>;
}

/** What the system does not let a child do. */
export interface Limits {
  /** The largest file that it may write, in blocks of 512 bytes. */
  readonly fileBlocks?: number;
  /** The user it runs as: modes of files do not bind root. */
  readonly user?: number;
}

export interface Children {
  /** A key for every job, made once. */
  readonly key: string;
  start(job: Job, limits?: Limits): Child;
  /** Ends what still runs and removes the bundle. */
  close(): Promise<void>;
}

/** Work that takes a second or two: whoever takes longer never ends. */
const PATIENCE_MS = 30_000;

/** Bundles the child to plain JavaScript, once, so that a process is there in a tenth of a second. */
export async function bundleChildren(): Promise<Children> {
  const program = await bundle('child');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const running = new Set<Child>();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    start(job, limits = {}) {
      const child = startChild([process.execPath, program.path, JSON.stringify(job)], limits);
      running.add(child);
      void child.ended.finally(() => running.delete(child));
      return child;
    },
    async close() {
      for (const child of running) child.process.kill('SIGKILL');
      await Promise.all([...running].map(({ ended }) => ended));
      program.remove();
    },
  };
}

/** Ignores the signal of a file that is too large, so that the write fails instead, as on a disk that is full. */
const LIMITED = 'trap "" XFSZ; ulimit -f "$0" && exec "$@"';

function startChild(argv: readonly string[], { fileBlocks, user }: Limits): Child {
  const [command = '', ...args] = fileBlocks === undefined ? argv : ['sh', '-c', LIMITED, `${fileBlocks}`, ...argv];
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  const said: Said[] = [];
  let rest = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      said.push(...lines.map((line): Said => JSON.parse(line)));
      if (said.length > 0) resolve();
    });
    child.once('close', () => resolve());
  });
  let hangs = false;
  const patience = setTimeout(() => {
    hangs = true;
    errors += `It did not end within ${PATIENCE_MS} ms.`;
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (_, signal) => {
      clearTimeout(patience);
      resolve({ killed: signal === 'SIGKILL' && !hangs, said, errors });
    });
  });
  return { process: child, ready, ended };
}

/** What ended a child that was not killed, if anything did. */
export function faultOf(ended: readonly Ended[]): Extract<Said, { said: 'fault' }> | undefined {
  const last = ended[0]?.said.at(-1);
  return last?.said === 'fault' ? last : undefined;
}

/** How many steps a child took that was not killed, and what it found; throws what went wrong in it. */
export function cleanEnd(ended: readonly Ended[]): { readonly steps: number; readonly said: readonly Said[] } {
  const [{ said, errors, killed } = { said: [], errors: 'none was started', killed: false }] = ended;
  const last = said.at(-1);
  if (!killed && errors === '' && last?.said === 'done') return { steps: last.steps, said };
  throw new Error(`A child that was not to be killed ended with ${JSON.stringify(last)} ${errors}`);
}

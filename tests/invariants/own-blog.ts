import { type ChildProcess, execFileSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { forkCommand, type Ran, runCommand, stop } from '../../scripts/demo/world.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';

/** A blog in a folder of its own, driven by the commands that its owner has. */
export interface OwnBlog {
  readonly folder: string;
  readonly content: string;
  readonly data: string;
  /** What the next command gets. */
  readonly environment: NodeJS.ProcessEnv;
  write(file: string, text: string): void;
  run(name: string, ...args: string[]): Promise<Ran>;
  /** Lets `work` look at the store as it is at this moment, also while a server has it. What it writes is lost. */
  look<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Makes the store before any command has, with what `work` writes. */
  makeStore(work: (store: Store) => Promise<unknown>): Promise<void>;
  remove(): void;
}

export const PROFILE = '---\nusername: blog\nname: A blog\nlanguage: en\n---\nA few words.\n';

export function createOwnBlog(settings: NodeJS.ProcessEnv = {}): OwnBlog {
  const folder = mkdtempSync(join(tmpdir(), 'postern-invariant-'));
  const content = join(folder, 'content');
  const data = join(folder, '.postern');
  const { PATH, HOME, TMPDIR } = process.env;
  const environment = { PATH, HOME, TMPDIR, NO_COLOR: '1', POSTERN_CONTENT: content, POSTERN_DATA: data, ...settings };
  const blog: OwnBlog = {
    folder,
    content,
    data,
    environment,
    write(file, text) {
      mkdirSync(dirname(join(content, file)), { recursive: true });
      writeFileSync(join(content, file), text);
    },
    run: (name, ...args) => runCommand(name, args, environment),
    async look(work) {
      const copy = join(mkdtempSync(join(folder, 'copy-')), 'postern.db');
      for (const end of ['', '-wal']) {
        if (existsSync(join(data, `postern.db${end}`))) copyFileSync(join(data, `postern.db${end}`), `${copy}${end}`);
      }
      return useStore(copy, work);
    },
    async makeStore(work) {
      const draft = join(mkdtempSync(join(folder, 'draft-')), 'postern.db');
      await useStore(draft, work);
      mkdirSync(data, { recursive: true, mode: 0o700 });
      copyFileSync(draft, join(data, 'postern.db'), constants.COPYFILE_EXCL);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  blog.write('profile.md', PROFILE);
  return blog;
}

/**
 * The driver keeps its handle on a closed file until it is collected, and a second handle of this process would share
 * its view of the log, which commands have written since. So this process never opens the file that commands use.
 */
async function useStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(file);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A post of this moment, which a blog that federates announces; `date` makes it one of another. */
export function postFile(title: string, body: string, more = '', date = new Date().toISOString()): string {
  return `---\ntitle: ${title}\ndate: ${date}\n${more}---\n\n${body}\n`;
}

/** `npm start` of the blog, for as long as `during` takes; gives all that it printed. */
export async function whileServing(blog: OwnBlog, during: (url: string) => Promise<void>): Promise<string> {
  const child: ChildProcess = forkCommand('start', [], blog.environment);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  try {
    await new Promise<void>((ready, fail) => {
      child.once('message', () => ready());
      child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${printed}`)));
    });
    await during(`http://127.0.0.1:${blog.environment.PORT}`);
  } finally {
    await stop(child, 'SIGINT');
  }
  return printed;
}

/** Runs git in the blog's folder, alone with what is in it. */
export function git(blog: OwnBlog, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const own = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...environment };
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@blog.example'];
  return execFileSync('git', [...identity, ...args], {
    cwd: blog.folder,
    env: { PATH: process.env.PATH, ...own },
    encoding: 'utf8',
  });
}

/** Every file below a folder, by its path, as Latin-1: whatever bytes it has, text can be looked for in it. */
export function filesBelow(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(folder.length + 1), readFileSync(path, 'latin1'));
  }
  return files;
}

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * The hook, under a real git. In the place of npm stands a script that writes down what was asked of it and where the clone was
 * then, and fails as it is told to: what npm does is tested elsewhere, and takes minutes.
 */
const HOOK = join(import.meta.dirname, '../../docs/self-host/post-receive');

const NPM = `#!/bin/sh
echo "begin $* at $(git log -1 --format=%s)" >> "$CALLS"
case "$*" in
  ci*) [ -e "$CALLS.ci" ] && { rm "$CALLS.ci"; exit 1; }; mkdir -p node_modules ;;
  *publish) sleep "\${SLOW:-0}"; [ -e "$CALLS.publish" ] && { status=$(cat "$CALLS.publish"); rm "$CALLS.publish"; exit "$status"; } ;;
esac
echo "end $*" >> "$CALLS"
exit 0
`;

let folder: string;
let environment: NodeJS.ProcessEnv;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-hook-'));
  for (const name of ['bin', 'data']) mkdirSync(at(name));
  writeFileSync(at('bin/npm'), NPM);
  chmodSync(at('bin/npm'), 0o755);
  environment = {
    ...process.env,
    ...{ PATH: `${at('bin')}:${process.env.PATH}`, CALLS: at('calls'), BLOG: at('blog'), POSTERN_DATA: at('data') },
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@blog.test' },
    ...{ GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@blog.test' },
  };
  git('.', 'init', '-q', '--bare', '-b', 'main', 'site.git');
  copyFileSync(HOOK, at('site.git/hooks/post-receive'));
  git('.', 'init', '-q', '-b', 'main', 'desk');
  git('desk', 'remote', 'add', 'origin', at('site.git'));
  mkdirSync(at('desk/content'));
  writeFileSync(at('desk/package-lock.json'), '1');
  writeFileSync(at('desk/.gitignore'), 'node_modules/\n');
  commit('First');
  git(
    'desk',
    'push',
    '-q',
    '--no-verify',
    '-u',
    'origin',
    'main',
    '--receive-pack=git -c core.hooksPath=/dev/null receive-pack',
  );
  git('.', 'clone', '-q', at('site.git'), 'blog');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(where: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: at(where), env: environment, encoding: 'utf8', stdio: 'pipe' });
}

function commit(title: string): void {
  writeFileSync(at('desk/content/post.md'), title);
  git('desk', 'add', '-A');
  git('desk', 'commit', '-qm', title);
}

/** What whoever pushed reads. */
function push(refspec = 'main', more: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn('git', ['push', '-q', 'origin', refspec], { cwd: at('desk'), env: { ...environment, ...more } });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(text)));
}

const calls = () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []);
const published = () => calls().filter((line) => /^begin .*publish/.test(line));
const live = () => git('blog', 'log', '-1', '--format=%s').trim();
const failNext = (what: 'ci' | 'publish', status = 1) => writeFileSync(at(`calls.${what}`), String(status));

test('a push is published, and packages are installed only when they changed', async () => {
  commit('Second');
  await push();
  commit('Third');
  await push();
  expect(published().map((line) => line.split(' at ')[1])).toEqual(['Second', 'Third']);
  expect(calls().filter((line) => line.startsWith('begin ci'))).toHaveLength(1);
  expect(live()).toBe('Third');
});

test('what cannot be built leaves the clone as it was, and the next push is built', async () => {
  commit('Broken');
  failNext('publish');
  expect(await push()).toContain('the blog is as it was before');
  expect(live()).toBe('First');
  commit('Mended');
  await push();
  expect(live()).toBe('Mended');
});

test('an installation that failed is done again', async () => {
  commit('Second');
  failNext('ci');
  expect(await push()).toContain('the blog is as it was before');
  expect(published()).toEqual([]);
  commit('Third');
  await push();
  expect(calls().filter((line) => line.startsWith('begin ci'))).toHaveLength(2);
  expect(live()).toBe('Third');
});

test('what is held is no failure', async () => {
  commit('Second');
  failNext('publish', 3);
  expect(await push()).not.toContain('as it was before');
  expect(live()).toBe('Second');
});

test('what was changed on the server is not overwritten', async () => {
  writeFileSync(at('blog/content/blocks.csv'), 'spam.example');
  commit('Second');
  expect(await push()).toMatch(/in no commit[\s\S]*blocks\.csv/);
  expect([live(), published()]).toEqual(['First', []]);
  expect(existsSync(at('blog/content/blocks.csv'))).toBe(true);
});

test('two pushes at once are built one after the other', async () => {
  commit('Second');
  const first = push('main', { SLOW: '1' });
  await expect.poll(() => published().length, { timeout: 30_000 }).toBe(1);
  commit('Third');
  await Promise.all([first, push()]);
  const order = calls().filter((line) => line.includes('publish'));
  expect(order.map((line) => line.split(' ')[0])).toEqual(['begin', 'end', 'begin', 'end']);
  expect(live()).toBe('Third');
});

test('another branch, and the end of the branch, publish nothing', async () => {
  git('desk', 'branch', 'draft');
  await push('draft');
  git('site.git', 'config', 'receive.denyDeleteCurrent', 'ignore');
  expect(await push(':main')).toContain('main was removed');
  expect(calls()).toEqual([]);
});

test('who changes Postern itself is told to restart it', async () => {
  mkdirSync(at('desk/server'));
  writeFileSync(at('desk/server/a.ts'), '');
  commit('Newer');
  expect(await push()).toContain('systemctl restart postern');
});

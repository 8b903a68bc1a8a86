import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PLACEHOLDER } from '../../build/placeholder.ts';
import { forkCommand, freePort, stop } from '../../scripts/demo/world.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { createOwnBlog, type OwnBlog, PROFILE, postFile, whileServing } from '../invariants/own-blog.ts';
import { author, content, interaction } from '../server/store/samples.ts';
import { until } from './until.ts';

interface Running {
  readonly child: ChildProcess;
  printed: string;
}

let blog: OwnBlog;
let url: string;
const running: Running[] = [];

beforeEach(async () => {
  const port = await freePort();
  blog = createOwnBlog({ PORT: String(port) });
  url = `http://localhost:${port}`;
  blog.write('posts/first.md', postFile('First', 'The first words.', 'id: first\n'));
});
afterEach(async () => {
  for (const { child } of running.splice(0)) await stop(child, 'SIGKILL');
  blog.remove();
});

function start(...args: string[]): Running {
  const started = { child: forkCommand('start', args, blog.environment), printed: '' };
  for (const stream of [started.child.stdout, started.child.stderr])
    stream?.on('data', (chunk: Buffer) => (started.printed += chunk));
  running.push(started);
  return started;
}

async function ready(started: Running): Promise<Running> {
  await new Promise<void>((done, fail) => {
    started.child.once('message', () => done());
    started.child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${started.printed}`)));
  });
  return started;
}

function ended({ child }: Running): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
}

/** The builds that run for this blog: they are told where the site goes. */
function buildsOfBlog(): string[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(blog.data) && line.includes('run.mjs build'));
}

const untilBuildsEnd = () => until('the builds to end', () => (buildsOfBlog().length === 0 ? true : undefined));

/** A server that answers no more has let its port go. */
const untilPortIsFree = () =>
  until('the port to be free', () =>
    fetch(url).then(
      () => undefined,
      () => true,
    ),
  );

const pageText = async (path: string): Promise<string> => (await fetch(url + path)).text();
const statusOf = async (path: string): Promise<number> => (await fetch(url + path)).status;

test('a fresh folder: keys are made, address, handle and next steps are told, page, actor and WebFinger answer', async () => {
  const { printed } = await ready(start());
  expect(printed).toContain('serves 1 post and 0 notes');
  const handle = `@blog@${new URL(url).host}`;
  for (const told of [url, handle, 'npm run new -- "A title"', 'set `origin` in content/profile.md', 'Ctrl-C'])
    expect(printed).toContain(told);
  for (const noise of ['\u001B', 'Warning', '[11ty]']) expect(printed).not.toContain(noise);
  expect(statSync(join(blog.data, 'keys.json')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(blog.content, 'keys.json'))).toBe(true);

  expect(await pageText('/posts/first/')).toContain('The first words.');
  const actor = await fetch(`${url}/`, { headers: { accept: 'application/activity+json' } });
  expect(actor.headers.get('content-type')).toContain('application/activity+json');
  const { id, preferredUsername, publicKey } = await actor.json();
  expect([id, preferredUsername]).toEqual([`${url}/ap/actor.json`, 'blog']);
  expect(publicKey.publicKeyPem).toContain('BEGIN PUBLIC KEY');
  const finger = await fetch(`${url}/.well-known/webfinger?resource=acct:${handle.slice(1)}`);
  expect((await finger.json()).links).toContainEqual(expect.objectContaining({ rel: 'self', href: id }));
});

test('a handle that is held → the one that answers is told', async () => {
  Object.assign(blog.environment, { POSTERN_ORIGIN: 'https://blog.example' });
  await blog.run('publish');
  blog.write('profile.md', PROFILE.replace('username: blog', 'username: renamed'));
  const printed = await whileServing(blog, async (served) => {
    const { status } = await fetch(`${served}/.well-known/webfinger?resource=acct:blog@blog.example`);
    expect(status).toBe(200);
  });
  expect(printed).toContain('handle    @blog@blog.example\n');
});

test('a busy port → said with what to do, exit 1, no process left, watching or not', async () => {
  const taken = createServer();
  const port = Number(new URL(url).port);
  await new Promise<void>((done) => taken.listen(port, '127.0.0.1', done));
  try {
    for (const args of [[], ['--watch']]) {
      const { code, stdout, stderr } = await blog.run('start', ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`Cannot listen on 127.0.0.1:${port}`);
      expect(stderr).toContain('choose another with PORT');
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    await untilBuildsEnd();
  } finally {
    await new Promise((done) => taken.close(done));
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s → exit 0 and no process left, with readers connected', async (signal) => {
  const started = await ready(start('--watch'));
  const reader = await fetch(`${url}/__reload`);
  expect(await pageText('/')).toContain('A blog');
  const end = ended(started);
  started.child.kill(signal);
  expect(await end).toEqual({ code: 0, signal: null });
  await reader.body?.cancel();
  expect(started.printed).not.toMatch(/error|^\s+at /im);
  await untilBuildsEnd();
});

test('a server that is killed outright → the build that watched for it ends too', async () => {
  const started = await ready(start('--watch'));
  expect(buildsOfBlog()).toHaveLength(1);
  started.child.kill('SIGKILL');
  await untilBuildsEnd();
});

test('the shell of `npm start` dies of a signal → the server stops by itself', async () => {
  const shell = `"${process.execPath}" scripts/run.mjs start & wait`;
  const child = spawn('sh', ['-c', shell], {
    env: { ...blog.environment, npm_lifecycle_event: 'start' },
    stdio: 'ignore',
  });
  await until('the page', async () => ((await statusOf('/')) === 200 ? true : undefined));
  child.kill('SIGKILL');
  await untilPortIsFree();
});

test('--watch: an edit, an atomic save, a new and a removed post show; a fault and an unwritten post are told, the last good site stays', async () => {
  const started = await ready(start('--watch'));
  const events = eventsOf(await fetch(`${url}/__reload`));
  const shows = (path: string, text: string) =>
    until(`"${text}" at ${path}`, async () => ((await pageText(path)).includes(text) ? true : undefined));
  const gives = (path: string, status: number) =>
    until(`${status} at ${path}`, async () => ((await statusOf(path)) === status ? true : undefined));

  blog.write('posts/first.md', postFile('First', 'Words, mended.', 'id: first\n'));
  await shows('/posts/first/', 'Words, mended.');
  await shows('/ap/posts/first.json', 'Words, mended.');
  await until('an event for the open page', () => (events.count > 0 ? true : undefined));

  for (const words of ['Saved by a rename.', 'Saved by another.']) {
    blog.write('posts/.first.md.swp', postFile('First', words, 'id: first\n'));
    renameSync(join(blog.content, 'posts/.first.md.swp'), join(blog.content, 'posts/first.md'));
    await shows('/posts/first/', words);
  }

  blog.write('posts/second.md', '---\ntitel: Second\ndate: 2026-01-03\n---\nText.\n');
  await until('the fault to be told', () =>
    started.printed.includes('posts/second.md:2 unknown key') ? true : undefined,
  );
  expect(await pageText('/posts/first/')).toContain('Saved by another.');
  expect(started.printed).not.toMatch(/^\s+at /m);
  blog.write('posts/second.md', postFile('Second', PLACEHOLDER));
  await until('the warning that it is not written yet', () =>
    /posts\/second\.md:\d+ it says only/.test(started.printed) ? true : undefined,
  );
  expect(await statusOf('/posts/second/')).toBe(404);
  const before = events.count;
  blog.write('posts/second.md', '---\ntitle: Second\nid: second\ndate: 2026-01-03\n---\nText.\n');
  await shows('/posts/second/', 'Text.');
  await until('another event', () => (events.count > before ? true : undefined));

  // A page that is looked at has its replies of now, and still reloads.
  const store = openSqliteStore(join(blog.data, 'postern.db'));
  const target = `${url}/ap/posts/first.json`;
  await store.interactions.put(interaction('now', { target, content: content('Said just now.') }), author('r'));
  await store.close();
  expect(await pageText('/posts/first/')).toMatch(/Said just now\..*__reload\.js/s);

  rmSync(join(blog.content, 'posts/second.md'));
  await gives('/posts/second/', 404);
  await gives('/ap/posts/second.json', 404);
  expect(await pageText('/')).not.toContain('Second');
});

/** Counts the events of a stream as they come. */
function eventsOf(response: Response): { count: number } {
  const events = { count: 0 };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      events.count += decoder.decode(chunk, { stream: true }).split('event: reload').length - 1;
  };
  // The stream ends with its server, in whatever way.
  read().catch(() => undefined);
  return events;
}

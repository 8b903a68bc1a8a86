import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { forkCommand, freePort, PROJECT, stop } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, filesBelow, type OwnBlog, postFile } from '../invariants/own-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const ESCAPE = '\u001b';
const PROFILE = `---
username: blog
name: A blog
replies:
  firstTimers: hold
quotes: ask
approveFollowers: true
---
A few words.
`;

let blog: OwnBlog;
/** The owner's own machine: the content and the owner's keys, and nothing of what the server stores. */
let desk: OwnBlog;
let ann: LoopbackPeer;
let server: ReturnType<typeof forkCommand>;
let origin: string;
let post: string;
let printed = '';

beforeAll(async () => {
  ann = await startLoopbackPeer();
  const PORT = String(await freePort());
  origin = `http://127.0.0.1:${PORT}`;
  post = `${origin}/ap/posts/a.json`;
  const settings = { POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT };
  blog = createOwnBlog(settings);
  blog.write('profile.md', PROFILE);
  blog.write('posts/a.md', postFile('A', 'Text.', 'id: a\n'));
  server = forkCommand('start', [], blog.environment);
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  await new Promise<void>((ready, fail) => {
    server.once('message', () => ready());
    server.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  desk = createOwnBlog(settings);
  cpSync(blog.content, desk.content, { recursive: true });
  mkdirSync(desk.data);
  cpSync(join(blog.data, 'owner.json'), join(desk.data, 'owner.json'));
  rmSync(join(blog.data, 'owner.json'));
});
afterAll(async () => {
  await stop(server, 'SIGINT');
  await ann.close();
  for (const each of [blog, desk]) each.remove();
});

function note(name: string, more: JsonObject = {}): JsonObject {
  return {
    id: ann.id(name),
    type: 'Note',
    attributedTo: ann.actor,
    inReplyTo: post,
    content: `<p>Words of ${name}</p>`,
    published: new Date().toISOString(),
    to: [PUBLIC],
    ...more,
  };
}

async function send(activity: JsonObject): Promise<void> {
  const inbox = `${origin}/ap/inbox`;
  const response = await fetch(inbox, ann.signed(inbox, activity, Date.now()));
  expect([response.status, await response.text()]).toEqual([202, '']);
}

const activity = (type: string, name: string, object: JsonObject | string, more: JsonObject = {}): JsonObject => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: ann.id(`${type}-${name}`),
  type,
  actor: ann.actor,
  object,
  ...more,
});
const reply = (name: string, more: JsonObject = {}): Promise<void> =>
  send(activity('Create', name, note(name, more), { to: [PUBLIC] }));

const shownIds = async (): Promise<string> =>
  (
    await fetch(`${post.replace('.json', '')}/replies?page=true`, { headers: { accept: 'application/activity+json' } })
  ).text();
const json = async (from: OwnBlog, ...args: [string, ...string[]]) => {
  const { code, stdout, stderr } = await from.run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const nameOf = async (from: OwnBlog, id: string, ...more: string[]): Promise<string> => {
  const { replies } = await json(from, 'replies', 'list', '--all', ...more);
  return replies.find((each: { id: string }) => each.id === id).name;
};

test('the owner’s keys were made with the blog’s, and told', () => {
  expect(printed).toContain('owner.json, the public halves');
  expect(existsSync(join(blog.content, 'owner.json'))).toBe(true);
});

describe('on the machine of the blog, while it serves', () => {
  test('a first reply is held, approved, hidden, removed: pages follow at once', async () => {
    await reply('r1', { content: '<p>Words of r1 \u001b[31m and \u202e</p>' });
    expect(await shownIds()).not.toContain(ann.id('r1'));
    const listed = await blog.run('replies');
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toMatch(/^[0-9a-f]{6} {2}held \(their first\) {2}reply to posts\/a /);
    expect(listed.stdout).toContain('Words of r1');
    expect(listed.stdout).toContain('1 reply\n');
    expect(listed.stdout).not.toMatch(new RegExp(`${ESCAPE}|\u202e`));

    const name = await nameOf(blog, ann.id('r1'));
    const approved = await blog.run('replies', 'approve', name);
    expect([approved.code, approved.stdout, approved.stderr]).toEqual([
      0,
      expect.stringContaining(`approved ${name}\n`),
      '',
    ]);
    expect(await shownIds()).toContain(ann.id('r1'));
    expect((await blog.run('replies', 'approve', name)).stdout).toContain('approved already');

    const hidden = await blog.run('replies', 'hide', ann.id('r1'));
    expect([hidden.code, hidden.stdout]).toEqual([0, expect.stringContaining(`hidden ${name}\n`)]);
    expect(await shownIds()).not.toContain(ann.id('r1'));
    expect((await blog.run('replies', 'list', '--hidden')).stdout).toContain('Words of r1');
    const whole = await blog.run('replies', 'show', name);
    expect(whole.stdout).toContain(`id       ${ann.id('r1')}`);

    expect((await blog.run('replies', 'remove', name)).stdout).toContain(`removed ${name}\n`);
    const late = await blog.run('replies', 'approve', name);
    expect([late.code, late.stdout]).toEqual([1, expect.stringContaining('nothing of it is left to show')]);
    // Sent once more, it does not come back.
    await send({ ...activity('Create', 'r1-again', note('r1'), { to: [PUBLIC] }) });
    expect((await json(blog, 'replies', 'list')).replies).toEqual([]);
  });

  test('a name that nothing has → exit 2, nothing done, and what may be meant', async () => {
    await reply('r2');
    const name = await nameOf(blog, ann.id('r2'));
    const slip = `${name.slice(0, 5)}${name.endsWith('0') ? '1' : '0'}`;
    const wrong = await blog.run('replies', 'hide', name, slip);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain(`There is no reply "${slip}"`);
    expect(wrong.stderr).toContain(`Did you mean ${name}?`);
    expect((await json(blog, 'replies', 'show', name)).state).toBe('held');
    expect((await blog.run('replies', 'hide')).code).toBe(2);
    expect((await blog.run('replies', 'list', '--at', 'ftp://x')).code).toBe(2);
  });

  test.runIf(existsSync('/usr/bin/script'))('with keys on a terminal: hide one, quit', async () => {
    await reply('r3');
    const command = `${process.execPath} ${join(PROJECT, 'scripts/run.mjs')} replies`;
    const child = spawn('/usr/bin/script', ['-qefc', command, '/dev/null'], { cwd: PROJECT, env: blog.environment });
    let screen = '';
    child.stdout.on('data', (chunk) => (screen += chunk));
    const ended = new Promise<number | null>((done) => child.on('close', done));
    await until('the first reply', () => (screen.includes('[q] quit') ? true : undefined));
    expect(screen).toContain('Words of r3');
    child.stdin.write('o');
    await until('its page', () => (screen.includes(`${ann.id('r3')}\r\n`) ? true : undefined));
    child.stdin.write('b');
    await until('the block', () => (screen.includes('blocked ') ? true : undefined));
    expect(readFileSync(join(blog.content, 'blocks.csv'), 'utf8')).toContain('ann@127.0.0.1,block');
    child.stdin.write('r');
    await until('the question', () => (screen.includes('Press r once more') ? true : undefined));
    child.stdin.write('x');
    child.stdin.write('h');
    await until('the decision', () => (screen.includes('hidden') ? true : undefined));
    await until('the next', () => (screen.includes('2 of ') ? true : undefined));
    child.stdin.write('q');
    expect(await ended).toBe(0);
    expect((await json(blog, 'replies', 'show', ann.id('r3'))).state).toBe('hidden');
    expect((await json(blog, 'replies', 'show', ann.id('r2'))).state).toBe('held');
  });

  test('a quote that is asked for: approved → stamp and Accept; removed → the stamp is gone, and its Delete told', async () => {
    const instrument = note('q1', { quote: post });
    delete instrument.inReplyTo;
    await send(activity('QuoteRequest', 'q1', post, { instrument }));
    expect((await blog.run('replies', 'list', '--held')).stdout).toContain('held (asks to quote)  quote of posts/a');
    const approved = await blog.run('replies', 'approve', ann.id('q1'));
    expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining('1 server to be told')]);
    const accept = await until('the Accept', () => ann.arrived.find(({ type }) => type === 'Accept'));
    expect(accept).toMatchObject({ object: { type: 'QuoteRequest', instrument: ann.id('q1') } });
    const stamp = String(accept.result);
    expect((await fetch(stamp)).status).toBe(200);
    await blog.run('replies', 'remove', ann.id('q1'));
    expect((await fetch(stamp)).status).toBe(410);
    const gone = await until('the Delete', () => ann.arrived.find(({ type }) => type === 'Delete'));
    expect(gone.object).toBe(stamp);
  });

  test('the private feed: its address answers, and the former one does not once it is renewed', async () => {
    const { address } = await json(blog, 'notifications');
    const feed = await fetch(address);
    expect([feed.status, await feed.text()]).toEqual([200, expect.stringContaining('<feed')]);
    expect((await blog.run('notifications')).stdout).toContain(`${address}\n`);
    expect(await json(desk, 'notifications', '--at', origin)).toEqual({ address, renewed: false });
    const renewed = await blog.run('notifications', '--renew');
    expect(renewed.stdout).not.toContain(address);
    expect((await fetch(address)).status).toBe(404);
    expect((await fetch(renewed.stdout.split('\n')[0] ?? '')).status).toBe(200);
  });
});

describe('from the owner’s own machine', () => {
  const at = () => ['--at', origin];

  test('replies are listed, hidden and approved there', async () => {
    await reply('r4');
    const name = await nameOf(desk, ann.id('r4'), ...at());
    const approved = await desk.run('replies', 'approve', name, ...at());
    expect([approved.code, approved.stdout, approved.stderr]).toEqual([
      0,
      expect.stringContaining(`approved ${name}\n`),
      '',
    ]);
    expect(await shownIds()).toContain(ann.id('r4'));
    expect((await desk.run('replies', ...at(), 'hide', name)).stdout).toContain(`hidden ${name}\n`);
    expect(await shownIds()).not.toContain(ann.id('r4'));
    expect((await desk.run('replies', ...at())).stdout).toContain('Words of r2');
    // Nothing was done to the store of this machine.
    expect((await json(desk, 'replies', 'list', '--all')).replies).toEqual([]);
    expect(printed).toMatch(/owner\.command/);
  });

  test('a private message lies sealed on the server, and is read here alone', async () => {
    const direct = { to: [`${origin}/ap/actor.json`], content: '<p>Between us: xyzzy</p>' };
    await send(activity('Create', 'm1', note('m1', direct), { to: [`${origin}/ap/actor.json`] }));
    await send(activity('Flag', 'f1', [post] as unknown as string, { content: 'Spam: xyzzy' }));
    for (const text of filesBelow(blog.data).values()) expect(text).not.toContain('xyzzy');
    const there = await blog.run('messages');
    expect([there.code, there.stdout]).toEqual([1, '']);
    expect(there.stderr).toContain("The owner's private keys are not on this machine");
    expect(there.stderr).toContain('Run this on the machine where they were made');

    const read = await desk.run('messages', ...at());
    expect([read.code, read.stderr]).toEqual([0, '']);
    expect(read.stdout).toContain('Between us: xyzzy');
    expect(read.stdout).toContain('Spam: xyzzy');
    expect(read.stdout).toContain('1 message, 1 report');
    const { messages } = await json(desk, 'messages', ...at());
    const removed = await desk.run('messages', '--remove', messages[0].name, messages[1].name, ...at());
    expect([removed.code, removed.stdout]).toEqual([0, 'removed 2 messages\n']);
    expect((await desk.run('messages', ...at())).stdout).toBe('0 messages\n');
    expect(await shownIds()).not.toContain('xyzzy');
  });

  test('a request to follow is approved there; then the follower is removed', async () => {
    await send(activity('Follow', '1', `${origin}/ap/actor.json`));
    const { requests } = await json(desk, 'followers', 'requests', ...at());
    expect(requests).toMatchObject([{ actor: ann.actor }]);
    const approved = await desk.run('followers', 'approve', ann.actor, ...at());
    expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining('approved @ann@')]);
    const isAnswer = (type: string) => (each: JsonObject) =>
      each.type === type && JSON.stringify(each).includes('Follow-1');
    await until('the Accept', () => ann.arrived.find(isAnswer('Accept')));
    expect((await json(blog, 'followers')).total).toBe(1);
    const [{ handle }] = (await json(blog, 'followers')).followers;
    expect((await desk.run('followers', 'remove', handle, ...at())).stdout).toBe(`removed ${handle}\n`);
    await until('the Reject', () => ann.arrived.find(isAnswer('Reject')));
    expect((await json(blog, 'followers')).total).toBe(0);
    const nobody = await desk.run('followers', 'remove', handle, ...at());
    expect([nobody.code, nobody.stdout]).toEqual([1, expect.stringContaining('does not follow the blog')]);
  });

  test('the store’s sizes, as a table and as JSON', async () => {
    const table = await desk.run('store', ...at());
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/^replies +\d+ +[\d.]+ (B|KiB)$/m);
    expect(table.stdout).toMatch(/^all +[\d.]+ (B|KiB|MiB)$/m);
    const kindsOf = ({ kinds }: { kinds: { kind: string }[] }) => kinds.map(({ kind }) => kind);
    expect(kindsOf(await json(desk, 'store', ...at()))).toEqual(kindsOf(await json(blog, 'store')));
  });

  test('with another key, or to a place where no blog is → exit 1 and what to do', async () => {
    const { POSTERN_ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES } = desk.environment;
    const other = createOwnBlog({ POSTERN_ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES });
    try {
      await other.run('build', '--output', join(other.folder, 'site'));
      const refused = await other.run('store', ...at());
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toContain("The token was not signed with the owner's key of this blog.");
      const nowhere = await desk.run('store', '--at', 'http://127.0.0.1:9');
      expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
    } finally {
      other.remove();
    }
  });
});

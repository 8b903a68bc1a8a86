import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PROJECT } from '../../scripts/demo/world.ts';
import { type HeardBlog, startHeardBlog } from './heard-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** Runs a command on a terminal of its own. */
const SCRIPT = '/usr/bin/script';

const ESCAPE = '\u001b';

let heard: HeardBlog;
beforeAll(async () => {
  heard = await startHeardBlog();
});
afterAll(() => heard.close());

test('the owner’s keys were made with the blog’s, and told', () => {
  expect(heard.printed()).toContain('owner.json, the public halves');
  expect(existsSync(join(heard.blog.content, 'owner.json'))).toBe(true);
});

describe('on the machine of the blog, while it serves', () => {
  test('a first reply is held, approved, hidden, removed: pages follow at once', async () => {
    const { blog, ann, activity, note, send, reply, shownIds, json, nameOf } = heard;
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
    await send(activity('Create', 'r1-again', note('r1')));
    expect((await json(blog, 'replies', 'list')).replies).toEqual([]);
  });

  test('what one process hides or its author deletes is gone from page, comments and collection with the next request', async () => {
    const { blog, ann, origin, activity, send, reply, placesOf } = heard;
    const [id, words] = [ann.id('r0'), 'Words of r0'];
    const page = `${origin}/posts/a/`;
    const isFresh = async (etag: string) => (await fetch(page, { headers: { 'if-none-match': etag } })).status === 304;
    const etagOf = async () => (await fetch(page, { method: 'HEAD' })).headers.get('etag') ?? '';
    const everywhere = ['page', 'comments', 'collection'];
    await reply('r0');
    const without = await etagOf();
    expect(await placesOf(words, id)).toEqual([]);

    expect((await blog.run('replies', 'approve', id)).stdout).not.toContain('build');
    expect(await isFresh(without)).toBe(false);
    expect(await placesOf(words, id)).toEqual(everywhere);
    const withIt = await etagOf();
    expect(await isFresh(withIt)).toBe(true);
    // What a script would fetch is what the page has, byte for byte.
    const sectionOf = async (url: string) => /<section .*<\/section>/s.exec(await (await fetch(url)).text())?.[0];
    expect(await sectionOf(page)).toContain(words);
    expect(await sectionOf(page)).toBe(await sectionOf(`${origin}/ap/comments/posts/a`));

    expect((await blog.run('replies', 'hide', id)).stdout).not.toContain('build');
    expect([await isFresh(withIt), await isFresh(without)]).toEqual([false, true]);
    expect(await placesOf(words, id)).toEqual([]);
    await blog.run('replies', 'approve', id);
    expect(await placesOf(words, id)).toEqual(everywhere);
    expect(await isFresh(withIt)).toBe(true);

    await send(activity('Delete', 'r0', id));
    expect([await isFresh(withIt), await isFresh(without)]).toEqual([false, true]);
    expect(await placesOf(words, id)).toEqual([]);
  });

  test('a name that nothing has → exit 2, nothing done, and what may be meant', async () => {
    const { blog, ann, reply, json, nameOf } = heard;
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

  test('with keys on a terminal: hide one, quit', async () => {
    expect(existsSync(SCRIPT), `${SCRIPT} makes the terminal: install util-linux (bsdutils on Debian)`).toBe(true);
    const { blog, ann, reply, json } = heard;
    await reply('r3');
    const command = `${process.execPath} ${join(PROJECT, 'scripts/run.mjs')} replies`;
    const child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], { cwd: PROJECT, env: blog.environment });
    let screen = '';
    child.stdout.on('data', (chunk) => (screen += chunk));
    const ended = new Promise<number | null>((done) => child.on('close', done));
    await until('the first reply', () => (screen.includes('[q] quit') ? true : undefined));
    expect(screen).toContain('Words of r3');
    child.stdin.write('o');
    await until('its page', () => (screen.includes(`${ann.id('r3')}\r\n`) ? true : undefined));
    child.stdin.write('b');
    await until('the block', () => (screen.includes('blocked ') ? true : undefined));
    expect(readFileSync(join(blog.content, 'blocks.csv'), 'utf8')).toContain(`${ann.actor},block`);
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
    const { blog, ann, post, note, activity, send } = heard;
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
    const { blog, desk, origin, json } = heard;
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

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { createOwnBlog, filesBelow } from '../invariants/own-blog.ts';
import { type HeardBlog, startHeardBlog } from './heard-blog.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let heard: HeardBlog;
beforeAll(async () => {
  heard = await startHeardBlog();
});
afterAll(() => heard.close());

describe('from the owner’s own machine', () => {
  const at = () => ['--at', heard.origin];

  test('replies are listed, hidden and approved there', async () => {
    const { desk, ann, reply, shownIds, nameOf } = heard;
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
    expect((await desk.run('replies', ...at())).stdout).toContain('0 replies');
    // Nothing was done to a store of this machine: there is none.
    const here = await desk.run('replies', 'list', '--all');
    expect([here.code, here.stderr]).toEqual([1, expect.stringContaining("There is no blog's store in")]);
    expect(heard.printed()).toMatch(/owner\.command/);
  });

  test('a private message lies sealed on the server, and is read here alone', async () => {
    const { blog, desk, origin, post, note, activity, send, shownIds, json } = heard;
    const direct = { to: [`${origin}/ap/actor.json`], content: '<p>Between us: xyzzy</p>' };
    await send(activity('Create', 'm1', note('m1', direct), { to: [`${origin}/ap/actor.json`] }));
    await send(activity('Flag', 'f1', [post], { content: 'Spam: xyzzy' }));
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
    const listed = [...read.stdout.matchAll(/^([0-9a-f]{6,}) {2}(report|message) from/gm)].map(([, , kind]) => kind);
    expect(listed).toEqual(['report', 'message']);
    expect(messages.map(({ kind }: { kind: string }) => kind)).toEqual(listed);
    const removed = await desk.run('messages', '--remove', messages[0].short, messages[1].short, ...at());
    expect([removed.code, removed.stdout]).toEqual([0, 'removed 2 messages\n']);
    expect((await desk.run('messages', ...at())).stdout).toBe('0 messages\n');
    expect(await shownIds()).not.toContain('xyzzy');
  });

  test('a request to follow is approved there; then the follower is removed', async () => {
    const { blog, desk, ann, origin, activity, send, json } = heard;
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
    const { blog, desk, json } = heard;
    const table = await desk.run('store', ...at());
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/^replies +\d+ +[\d.]+ (B|KiB)$/m);
    expect(table.stdout).toMatch(/^all +[\d.]+ (B|KiB|MiB)$/m);
    const kindsOf = ({ kinds }: { kinds: { kind: string }[] }) => kinds.map(({ kind }) => kind);
    expect(kindsOf(await json(desk, 'store', ...at()))).toEqual(kindsOf(await json(blog, 'store')));
  });

  test('with another key, or to a place where no blog is → exit 1 and what to do', async () => {
    const { desk } = heard;
    const { POSTERN_ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES } = desk.environment;
    const other = createOwnBlog({ POSTERN_ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES });
    try {
      await other.run('build', '--output', join(other.folder, 'site'));
      const refused = await other.run('store', ...at());
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toMatch(/The token was not\s+signed with the owner's key of this blog\./);
      const nowhere = await desk.run('store', '--at', 'http://127.0.0.1:9');
      expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
    } finally {
      other.remove();
    }
  });
});

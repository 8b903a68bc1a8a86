import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort, runCommand } from '../../scripts/demo/world.ts';
import { createOwnBlog, type OwnBlog, postFile, whileServing } from '../invariants/own-blog.ts';
import { type AccountServer, startAccountServer } from '../remote/account-server.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
let server: AccountServer;
let old: string;
beforeEach(async () => {
  server = await startAccountServer('mastodon');
  const PORT = String(await freePort());
  old = `http://127.0.0.1:${PORT}`;
  blog = createOwnBlog({ POSTERN_ORIGIN: old, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT });
});
afterEach(async () => {
  await server.close();
  blog.remove();
});

/** The same repository, built for another origin with a data folder of its own, as the checklist has it typed. */
async function secondBlog(): Promise<OwnBlog> {
  const PORT = String(await freePort());
  const data = join(blog.data, 'new');
  mkdirSync(data, { mode: 0o700 });
  for (const file of ['keys.json', 'owner.json']) copyFileSync(join(blog.data, file), join(data, file));
  const environment = { ...blog.environment, PORT, POSTERN_ORIGIN: `http://127.0.0.1:${PORT}`, POSTERN_DATA: data };
  return { ...blog, data, environment, run: (name, ...args) => runCommand(name, args, environment) };
}

interface Shown {
  readonly items: readonly { readonly id: string; readonly state: string }[];
}

test('a blog changes its domain: two hosts from one repository, and a follower who moves from the one to the other', async () => {
  const fan = server.account('fan');
  const actorOf = (origin: string): string => `${origin}/ap/actor.json`;
  const document = async (origin: string) =>
    Object(await (await fetch(actorOf(origin), { headers: { accept: 'application/activity+json' } })).json());
  blog.write('posts/a.md', postFile('A', 'Words.', 'id: a\n', '2026-01-01T00:00:00Z'));
  await whileServing(blog, async () => {
    await fan.follow(actorOf(old));
    await until('the follower', () => server.arrived.find(({ type }) => type === 'Accept'));
    const second = await secondBlog();
    const next = String(second.environment.POSTERN_ORIGIN);
    const done = async (): Promise<string[]> => {
      const { code, stdout, stderr } = await blog.run('move', 'domain', next, '--json');
      expect([code, stderr]).toEqual([0, '']);
      const { items } = JSON.parse(stdout) as Shown;
      return items.filter(({ state }) => state === 'done').map(({ id }) => id);
    };
    expect(await done()).toEqual(['named']);
    // The old account is named in a profile that is its own: there it says nothing.
    await whileServing(second, async () => {
      expect(await done()).toEqual(['named', 'second', 'found', 'welcome', 'written']);
      expect(readFileSync(join(blog.content, 'profile.md'), 'utf8')).toContain(
        `alsoKnownAs:\n  - ${actorOf(old)}\nmovedTo: ${actorOf(next)}\n`,
      );
      expect(await document(next)).toMatchObject({ id: actorOf(next), alsoKnownAs: [actorOf(old)] });

      expect((await blog.run('publish', '--confirm', 'account-move')).code).toBe(0);
      await until('the Move', () => server.arrived.find(({ type }) => type === 'Move'));
      const moved = await document(old);
      expect([moved.id, moved.movedTo, moved.alsoKnownAs]).toEqual([actorOf(old), actorOf(next), undefined]);
      await fan.follow(actorOf(next));
      await until('the other Accept', () =>
        server.arrived.find(({ type, actor }) => type === 'Accept' && actor === actorOf(next)),
      );
      expect(await done()).toEqual(['named', 'second', 'found', 'welcome', 'written', 'moves', 'told']);

      // The ids of before go on answering, and readers of the pages are sent on.
      const object = await fetch(`${old}/ap/posts/a.json`, { headers: { accept: 'application/activity+json' } });
      expect([object.status, Object(await object.json()).id]).toEqual([200, `${old}/ap/posts/a.json`]);
      const page = await (await fetch(`${old}/posts/a/`, { headers: { accept: 'text/html' } })).text();
      expect(page).toContain(`<meta http-equiv="refresh" content="0; url=${next}/posts/a/">`);
      expect(page).toContain(`<link rel="canonical" href="${next}/posts/a/">`);
      // The new one publishes the same profile, and does not move to itself.
      expect((await second.run('publish')).code).toBe(0);
      expect((await document(next)).movedTo).toBeUndefined();
      expect(await (await fetch(`${next}/posts/a/`)).text()).not.toContain('http-equiv="refresh"');
    });
  });
});

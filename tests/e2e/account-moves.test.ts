import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/demo/world.ts';
import { createOwnBlog, type OwnBlog, PROFILE, whileServing } from '../invariants/own-blog.ts';
import { type AccountServer, startAccountServer } from '../remote/account-server.ts';
import { until } from './until.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
let server: AccountServer;
let origin: string;
beforeEach(async () => {
  server = await startAccountServer('mastodon');
  const PORT = String(await freePort());
  origin = `http://127.0.0.1:${PORT}`;
  blog = createOwnBlog({ POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT });
});
afterEach(async () => {
  await server.close();
  blog.remove();
});

const profile = (): string => readFileSync(join(blog.content, 'profile.md'), 'utf8');
/** As one reads it, whatever the width. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');
const narrow = (text: string): void => {
  for (const line of text.split('\n')) if (!/https?:/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
};

test('an account moves in: named, live, what to press there, and its followers are seen to come', async () => {
  const old = server.account('mara');
  const fan = server.account('fan');
  old.followers = 1;
  const actor = `${origin}/ap/actor.json`;
  await whileServing(blog, async () => {
    const named = await blog.run('move', 'in', old.handle);
    expect([named.code, named.stderr]).toEqual([3, '']);
    expect(flat(named.stdout)).toContain('is not ready: it does not name that account yet');
    narrow(named.stdout);
    expect(profile()).toBe(PROFILE.replace('language: en\n', `language: en\nalsoKnownAs:\n  - ${old.id}\n`));

    await blog.run('publish');
    const live = await blog.run('move', 'in', old.handle, '--check');
    expect([live.code, live.stderr]).toEqual([0, '']);
    expect(flat(live.stdout)).toContain('says so, asked twice from outside');
    expect(live.stdout).toContain('Preferences → Account → Move to a different account.');
    expect(live.stdout).toContain(`Handle of the new account: @blog@${new URL(origin).host}`);
    expect(live.stdout).toContain('30 days');
    narrow(live.stdout);

    const watched = blog.run('move', 'in', old.handle, '--watch', '--for', '60s');
    expect(await old.move(actor, `${origin}/ap/inbox`)).toBe(202);
    expect(await fan.follow(actor)).toBe(202);
    const { code, stdout } = await watched;
    expect([code, flat(stdout)]).toEqual([0, expect.stringContaining('says that it moved here')]);
    expect(stdout).toMatch(/has 1 follower/);
    await until('the Accept', () => server.arrived.find(({ type }) => type === 'Accept'));
  });
});

test('an account moves out: only where it is welcome, told once it is confirmed, not twice in a week, and taken back in truth', async () => {
  const next = server.account('mara');
  const fan = server.account('fan');
  const actor = `${origin}/ap/actor.json`;
  await whileServing(blog, async () => {
    await fan.follow(actor);
    await until('the follower', async () => ((await blog.look((s) => s.followers.count())) === 1 ? true : undefined));
    const unwelcome = await blog.run('move', 'out', next.handle);
    expect([unwelcome.code, profile()]).toEqual([1, PROFILE]);
    expect(flat(unwelcome.stderr)).toContain('create an account alias. 2. Handle of the old account: @blog@');

    // The page of a profile answers with the account, whose id is another address.
    const page = await blog.run('move', 'in', `${next.id}?page`, '--check', '--json');
    expect(JSON.parse(page.stdout).account.id).toBe(next.id);

    next.document.alsoKnownAs = [actor];
    const planned = await blog.run('move', 'out', next.handle);
    expect([planned.code, planned.stderr]).toEqual([0, '']);
    expect(profile()).toContain(`movedTo: ${next.id}\n`);
    expect(flat(planned.stdout)).toContain('1 follower on 1 server ! held account-move');
    await blog.run('publish', '--confirm', 'account-move');
    await until('the Move', () => server.arrived.find(({ type }) => type === 'Move'));
    expect(server.arrived.map(({ type }) => type).filter((type) => type !== 'Accept')).toEqual(['Update', 'Move']);
    expect(server.arrived.at(-1)).toMatchObject({ actor, object: actor, target: next.id });

    const state = await blog.run('move');
    expect(state.stdout).toMatch(/told {2}the Move at .* UTC: 1 inbox reached\nleft {2}1 follower here/);
    const undone = await blog.run('move', 'undo');
    expect(flat(undone.stdout)).toContain('nobody who followed the other account comes back');
    expect(profile()).toBe(PROFILE);
    const soon = await blog.run('move', 'out', next.handle);
    expect([soon.code, flat(soon.stderr)]).toEqual([1, expect.stringContaining('take no second one for 7 days')]);
    expect(profile()).toBe(PROFILE);
  });
});

test('the handle changes: the old name finds the new one, and the blog keeps it until that is confirmed', async () => {
  const finger = async (name: string) => {
    const { host } = new URL(origin);
    const response = await fetch(`${origin}/.well-known/webfinger?resource=acct:${name}@${host}`);
    return response.status === 200 ? Object(await response.json()).subject : response.status;
  };
  const { host } = new URL(origin);
  await whileServing(blog, async () => {
    await blog.run('move', 'handle', '@mara');
    expect(profile()).toBe(
      PROFILE.replace('username: blog', 'username: mara').replace('en\n', 'en\nformerUsernames:\n  - blog\n'),
    );
    expect((await blog.run('publish')).stdout).toContain('held identity-changed');
    expect([await finger('blog'), await finger('mara')]).toEqual([`acct:blog@${host}`, 404]);
    await blog.run('publish', '--confirm', 'identity-changed');
    expect([await finger('blog'), await finger('mara'), await finger('eve')]).toEqual([
      `acct:mara@${host}`,
      `acct:mara@${host}`,
      404,
    ]);
  });
});

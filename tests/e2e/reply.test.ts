import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forkCommand, stop } from '../../scripts/demo/world.ts';
import { createOwnBlog, type OwnBlog } from '../invariants/own-blog.ts';
import { type Peer, startPeer } from '../server/http/peer.ts';
import { until } from './until.ts';

/** Each command is a process of its own. */
vi.setConfig({ testTimeout: 120_000 });

const ACTIVITY = 'application/activity+json';

let blog: OwnBlog;
let peer: Peer;
beforeEach(async () => {
  blog = createOwnBlog({ POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  peer = await startPeer((request, response) => {
    const { origin } = peer;
    const { host } = new URL(origin);
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    const id = `${origin}/users/ann`;
    const said = { id: `${origin}/1`, type: 'Note', attributedTo: id, content: '<p>What do <b>you</b> think?</p>' };
    const documents: Record<string, object> = {
      '/users/ann': { id, type: 'Person', preferredUsername: 'ann', name: 'Ann', inbox: `${id}/inbox` },
      '/1': { ...said, to: ['https://www.w3.org/ns/activitystreams#Public'] },
      ...(searchParams.get('resource') === `acct:ann@${host}`
        ? {
            '/.well-known/webfinger': {
              subject: `acct:ann@${host}`,
              links: [{ rel: 'self', type: ACTIVITY, href: id }],
            },
          }
        : {}),
    };
    const document = documents[pathname];
    if (document) response.writeHead(200, { 'content-type': ACTIVITY }).end(JSON.stringify(document));
    else response.writeHead(404).end();
  });
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

const notes = (): string[] => (existsSync(join(blog.content, 'notes')) ? readdirSync(join(blog.content, 'notes')) : []);
const following = (): string => readFileSync(join(blog.content, 'following.csv'), 'utf8');
const handle = (user: string): string => `@${user}@${new URL(peer.origin).host}`;

test('reply finds out what is at an address before it writes; what cannot be found writes nothing', async () => {
  const gone = await blog.run('reply', `${peer.origin}/2`);
  expect([gone.code, notes()]).toEqual([1, []]);
  expect(gone.stderr.replace(/\s+/g, ' ')).toContain('its server answers 404: it is gone, or not public.');
  const like = await blog.run('reply', `${peer.origin}/2`, '--like', '--anyway', '--json');
  expect(JSON.parse(like.stdout)).toMatchObject({ kind: 'like', file: expect.stringContaining('-like-post.md') });
  const { code, stdout } = await blog.run('reply', `${peer.origin}/1`, 'A', 'lot.');
  expect(code).toBe(0);
  expect(stdout).toContain(`to ${handle('ann')}`);
  const file = notes().find((name) => name.endsWith('-re-ann.md')) ?? '';
  expect(readFileSync(join(blog.content, 'notes', file), 'utf8')).toMatch(
    /^---\nid: .*\ndate: .*Z\nin-reply-to: "http.*\/1"\n---\n\n<!-- @ann@.* wrote:\nWhat do you think\?\n-->\n\nA lot\.\n$/,
  );
});

test('follow writes a line of somebody who is there, and unfollow takes it out', async () => {
  expect((await blog.run('follow', handle('nobody'))).code).toBe(1);
  expect((await blog.run('follow', handle('ann'), '--languages', 'en,de')).stdout).toContain('(Ann)');
  expect(following().split('\n')[1]).toBe(`${handle('ann').slice(1)},true,false,"en, de"`);
  expect((await blog.run('unfollow', handle('bob'))).code).toBe(2);
  expect((await blog.run('unfollow', handle('Ann'))).code).toBe(0);
  expect(following()).toBe('Account address,Show boosts,Notify on new posts,Languages\n');
});

test('a build that watches asks for whom a new line names, and builds once for it', async () => {
  blog.write('notes/a.md', '---\ndate: 2026-11-20\n---\nNobody.\n');
  const site = join(blog.folder, 'site');
  const page = join(site, 'notes/a/index.html');
  const child = forkCommand('build', ['--watch', '--output', site], blog.environment);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  try {
    const builds = (): number => printed.split('built ').length - 1;
    await until('the first build', () => builds() > 0 || undefined);
    blog.write('notes/a.md', `---\ndate: 2026-11-20\n---\nHi ${handle('ann')} and ${handle('bob')}.\n`);
    await until('the second build', () => builds() > 1 || undefined);
    expect(readFileSync(page, 'utf8')).toContain('class="u-url mention"');
    await until('why Bob is not known', () => printed.includes('nobody of that name is there') || undefined);
    const asked = peer.requests.length;
    blog.write('notes/a.md', `---\ndate: 2026-11-20\n---\nHello ${handle('ann')} and ${handle('bob')}.\n`);
    await until('the third build', () => builds() > 2 || undefined);
    // An idle build between the two would have been the third.
    expect(readFileSync(page, 'utf8')).toContain('Hello');
    expect(peer.requests.length).toBe(asked);
  } finally {
    await stop(child, 'SIGINT');
  }
});

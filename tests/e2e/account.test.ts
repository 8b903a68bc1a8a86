import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, type OwnBlog, postFile, whileServing } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const ORIGIN = 'https://blog.example';
const HANDLE = '@blog@blog.example';

let blog: OwnBlog;
let peer: LoopbackPeer;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  const PORT = String(await freePort());
  blog = createOwnBlog({ POSTERN_ORIGIN: ORIGIN, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT });
  const { actor, inbox } = peer;
  await blog.makeStore((store) =>
    store.followers.put({ actor, inbox, followId: peer.id('follow'), since: '2026-01-01T00:00:00Z' }),
  );
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

test('the account is deleted only when its handle is written; then everybody is told, and it answers 410', async () => {
  await blog.run('publish');
  blog.write('posts/a.md', postFile('A', 'Text.', 'id: a\n'));
  await blog.run('publish');
  expect(peer.arrived).toHaveLength(1);
  const shown = await blog.run('account');
  expect([shown.code, shown.stderr]).toEqual([0, '']);
  expect(shown.stdout).toMatch(/^@blog@blog\.example .*\n {2}since \d{4}-\d\d-\d\d, 1 follower\n$/);

  const before = await blog.look(async ({ ledger }) => ledger.read());
  const unasked = await blog.run('account', 'delete');
  expect(unasked.code).toBe(2);
  expect(unasked.stdout).toContain('1 inbox on 1 server is told; they remove the account, its 1 post');
  expect(unasked.stdout).toContain('This cannot be taken back');
  expect(unasked.stderr).toContain('Nobody is here to confirm it, so nothing was deleted');
  expect(unasked.stderr).toContain(`npm run account -- delete --yes ${HANDLE}`);
  const wrong = await blog.run('account', 'delete', '--json', '--yes', '@blog@blog.exampl');
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain(`is not ${HANDLE}, so nothing was deleted`);
  expect(await blog.look(async ({ ledger }) => ledger.read())).toEqual(before);
  expect(peer.arrived).toHaveLength(1);

  peer.answer = () => 503;
  // A retry that is due within a minute would be waited for: it could be what a killed process had leased.
  peer.retryAfter = 3_600;
  const begun = await blog.run('account', 'delete', '--yes', HANDLE);
  expect([begun.code, begun.stderr]).toEqual([0, '']);
  expect(begun.stdout).toContain('0 inboxes were told, 1 to be tried again');
  expect(begun.stdout).toContain('next  keep npm start running');
  expect((await blog.run('account')).stdout).toMatch(
    /1 follower on record, following nobody.*\n.*deleted from the network at .*\n.*account -- delete goes on/,
  );
  expect((await blog.run('followers')).stdout).toMatch(/\n1 follower\ndeleted the account was deleted at /);
  blog.write('posts/b.md', postFile('B', 'Never sent.'));
  const after = await blog.run('publish', '--confirm', 'many-creates');
  expect([after.code, after.stdout]).toEqual([3, expect.stringContaining('held account-deleted')]);
  expect(after.stdout).not.toContain('1 follower');

  peer.answer = () => 202;
  await blog.run('deliveries', '--retry-all');
  const ended = JSON.parse((await blog.run('account', 'delete', '--json')).stdout);
  expect(ended).toMatchObject({ state: 'gone', handle: HANDLE, deliveriesNow: { delivered: 1, pending: 0 } });
  const removals = peer.arrived.filter(({ type }) => type === 'Delete');
  expect(new Set(removals.map(({ id }) => id)).size).toBe(1);
  expect(removals.at(-1)).toMatchObject({ actor: `${ORIGIN}/ap/actor.json`, object: `${ORIGIN}/ap/actor.json` });
  expect((await blog.run('account', 'delete')).stdout).toContain('there is nothing left to do');
  expect(JSON.parse((await blog.run('account', '--json')).stdout)).toMatchObject({ state: 'gone' });
  const printed = await whileServing(blog, async (url) => {
    const { status } = await fetch(`${url}/ap/actor.json`, { headers: { accept: 'application/activity+json' } });
    expect(status).toBe(410);
  });
  expect(printed).toContain('account   deleted from the network');
  expect(printed).not.toContain('npm run publish');
  expect(peer.arrived.filter(({ type }) => type === 'Create')).toHaveLength(1);
});

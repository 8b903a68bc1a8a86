import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';
import { createOwnBlog, type OwnBlog, PROFILE, postFile } from './own-blog.ts';

const planned = z.object({
  activities: z.array(
    z.object({ type: z.string(), id: z.string().optional(), entry: z.object({ id: z.string() }).optional() }),
  ),
  holds: z.array(z.object({ code: z.string() })),
});

let peer: LoopbackPeer;
let blog: OwnBlog;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  blog = createOwnBlog({ POSTERN_ORIGIN: 'https://one.example', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  await blog.makeStore((store) =>
    store.followers.put({
      actor: peer.actor,
      inbox: peer.inbox,
      followId: peer.id('f'),
      since: '2026-01-01T00:00:00Z',
    }),
  );
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

/** All that a plan must leave as it is. */
function stored(): Promise<unknown> {
  return blog.look(async ({ ledger, deliveries }) => [await ledger.read(), await deliveries.counts()]);
}

/** What `npm run plan` shows, each as its type and the object it is about. It shows and changes nothing. */
async function shown(...confirm: string[]): Promise<{ activities: string[]; holds: string[] }> {
  const before = await stored();
  const { stdout } = await blog.run('plan', '--json', ...confirm);
  expect(await stored()).toEqual(before);
  const { activities, holds } = planned.parse(JSON.parse(stdout));
  const actor = 'https://one.example/ap/actor.json';
  return {
    activities: activities.map(({ type, id, entry }) =>
      type === 'UpdateActor' ? `Update ${actor}` : `${type} ${entry?.id ?? id}`,
    ),
    holds: holds.map(({ code }) => code),
  };
}

/** What arrived since the last look, in the same words. */
function arrived(): string[] {
  const about = z.object({ type: z.string(), object: z.object({ id: z.string() }) });
  return peer.arrived
    .splice(0)
    .map((json) => about.parse(json))
    .map(({ type, object }) => `${type} ${object.id}`);
}

test('what arrives is what the plan showed: nothing at first, then each change once, and what is held never', async () => {
  blog.write('posts/kept.md', postFile('Kept', 'Text.'));
  blog.write('posts/edited.md', postFile('Edited', 'Text.'));
  blog.write('posts/later.md', postFile('Later', 'Text.').replace('2026-01-02', '2999-01-02'));
  expect(await shown()).toEqual({ activities: [], holds: [] });
  await blog.run('publish');
  expect(arrived()).toEqual([]);

  blog.write('profile.md', PROFILE.replace('A few words', 'Other words'));
  blog.write('posts/edited.md', postFile('Edited', 'Other text.'));
  for (let n = 0; n < 11; n += 1) blog.write(`posts/many-${n}.md`, postFile(`Many ${n}`, 'Text.'));
  const plan = await shown();
  expect(plan.activities).toHaveLength(2);
  expect(plan.holds).toEqual(['many-creates']);
  expect(arrived()).toEqual([]);
  await blog.run('publish');
  expect(arrived().sort()).toEqual(plan.activities.sort());

  const confirmed = await shown('--confirm', 'many-creates');
  expect(confirmed.activities).toHaveLength(11);
  await blog.run('publish', '--confirm', 'many-creates');
  expect(arrived().sort()).toEqual(confirmed.activities.sort());
  expect(await shown()).toEqual({ activities: [], holds: [] });
  await blog.run('publish');
  expect(arrived()).toEqual([]);
}, 120_000);

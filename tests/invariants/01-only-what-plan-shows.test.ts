import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../scripts/demo/world.ts';
import { until } from '../e2e/until.ts';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';
import { createOwnBlog, type OwnBlog, PROFILE, postFile, whileServing } from './own-blog.ts';

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
  blog.write('posts/later.md', postFile('Later', 'Text.', '', '2999-01-02T08:00:00Z'));
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
}, 300_000);

test('a running server sends by itself what was published, delayed or dated ahead; and nothing that was not published', async () => {
  blog.environment.PORT = String(await freePort());
  blog.write('profile.md', PROFILE.replace('language: en', 'language: en\nsendAfter: 6s'));
  const began = Date.now();
  await blog.run('publish');
  blog.write('posts/new.md', postFile('New', 'Text.'));
  // A publish and a start must fit in before, however slow the machine is now. Dates have whole seconds.
  const lead = 4_000 + 4 * (Date.now() - began);
  const soon = Math.ceil((Date.now() + lead) / 1000) * 1000;
  blog.write('posts/soon.md', postFile('Soon', 'Text.', '', new Date(soon).toISOString()));
  const { stdout } = await blog.run('publish', '--json');
  const { activities, sendAt } = z
    .object({ activities: z.array(z.string()), sendAt: z.string() })
    .parse(JSON.parse(stdout));
  expect(activities).toEqual([]);
  const printed = await whileServing(blog, async (url) => {
    const page = async () => (await fetch(`${url}/posts/soon/`)).status;
    const early = await page();
    expect(early === 404 || Date.now() >= soon).toBe(true);
    const seen: string[] = [];
    const arrivals = (most: number) => () => seen.push(...arrived()) >= most || undefined;
    await until('the delayed post', arrivals(1));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(sendAt));
    await until('the post that is dated ahead', arrivals(2), lead + 60_000);
    expect(Date.now()).toBeGreaterThanOrEqual(soon);
    expect(seen).toEqual(['new', 'soon'].map((key) => `Create https://one.example/ap/posts/${key}.json`));
    expect(await page()).toBe(200);
  });
  expect(printed).toMatch(/waits .*1 to create at/);

  blog.write('posts/unpublished.md', postFile('Unpublished', 'Text.'));
  const later = await whileServing(blog, async (url) => {
    expect((await fetch(`${url}/posts/unpublished/`)).status).toBe(200);
  });
  // The sweep has looked at it.
  expect(later).toContain('sweep.unpublished');
  expect(arrived()).toEqual([]);
}, 300_000);

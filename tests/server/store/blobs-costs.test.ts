import { expect, test } from 'vitest';
import { deliverDue } from '../../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../../server/publish.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { blobsDelivering } from '../../../server/store/blobs-delivering.ts';
import type { Store } from '../../../server/store/store.ts';
import { act, create, note } from '../../remote/activities.ts';
import { BLOG, createFakeBlog, POST } from '../../remote/fake-blog.ts';
import { createWorld, followerAt, post } from '../publish-world.ts';
import { type BlobModel, openBlobModel } from './blob-model.ts';
import { type Costs, countingBlobs } from './counting-blobs.ts';

/*
 * What the service is asked for. Each step is done by a process that has just started and remembers nothing, as a function
 * does that nobody called for a while. The figures are printed: the README has them.
 */

const HOW_MANY = [100, 1_000, 10_000];

/** Followers of one server. */
const PER_SERVER = 5;

async function costsOf(model: BlobModel, work: (store: Store) => Promise<unknown>): Promise<Costs> {
  const blobs = countingBlobs(model);
  await work(openBlobsStore(blobs, { delivering: blobsDelivering }));
  return blobs.costs();
}

/** A store with that many followers. */
async function followedBy(followers: number): Promise<BlobModel> {
  const model = openBlobModel();
  const store = openBlobsStore(model);
  const all = Array.from({ length: followers }, (_, n) =>
    followerAt(`s${n % Math.ceil(followers / PER_SERVER)}.example`, `f${n}`),
  );
  await Promise.all(all.map((follower) => store.followers.put(follower)));
  return model;
}

function print(what: string, { reads, writes, lists, deletes, text }: Costs): void {
  const others = lists + deletes === 0 ? '' : `, ${lists} lists, ${deletes} deletes`;
  console.log(`${what}: ${reads} reads, ${writes} writes${others}, ${Math.ceil(text / 1024)} KB`);
}

test('a follow, a reply and a like cost a few reads and writes, however many follow', async () => {
  const figures: Record<string, Costs>[] = [];
  for (const followers of HOW_MANY.slice(0, 2)) {
    const model = await followedBy(followers);
    const hear = (activity: (blog: ReturnType<typeof createFakeBlog>) => Promise<string>) =>
      costsOf(model, async (store) => expect(await activity(createFakeBlog({ store }))).toBe('accepted'));
    const follow = await hear((blog) => {
      const ann = blog.peer();
      return blog.hear(ann, { id: ann.id('follow-1'), type: 'Follow', actor: ann.actor, object: BLOG.actor });
    });
    const reply = await hear((blog) => {
      const ben = blog.peer({ host: 'other.test', name: 'ben' });
      return blog.hear(ben, create(ben, note(ben, 'Hello')));
    });
    const like = await hear((blog) => {
      const cid = blog.peer({ host: 'third.test', name: 'cid' });
      return blog.hear(cid, act(cid, 'Like', { id: POST }));
    });
    figures.push({ follow, reply, like });
    for (const [what, costs] of Object.entries({ follow, reply, like })) {
      print(`${followers} followers, a ${what}`, costs);
      expect(costs).toMatchObject({ lists: 0, conflicts: 0 });
      expect(costs.reads).toBeLessThanOrEqual(24);
      expect(costs.writes).toBeLessThanOrEqual(9);
    }
  }
  for (const what of ['follow', 'reply', 'like'])
    expect(figures[1]?.[what]).toMatchObject({ reads: figures[0]?.[what]?.reads, writes: figures[0]?.[what]?.writes });
});

test.each(HOW_MANY)('a publish to %i followers reads and writes documents, not followers', async (followers) => {
  const model = await followedBy(followers);
  const files = new Map([['old', post('old')]]);
  const publish = async (store: Store) => {
    const world = createWorld({ store, files });
    return applyPlan(world.deps, await preparePlan(world.deps, { confirm: new Set() }));
  };
  await publish(openBlobsStore(model));
  files.set('new', post('new', { published: '2026-11-23T10:30:00Z' }));
  const queued = await costsOf(model, async (store) => {
    expect((await publish(store)).deliveries).toBe(Math.ceil(followers / PER_SERVER));
  });
  print(`${followers} followers on ${followers / PER_SERVER} servers, publish`, queued);
  expect(queued).toMatchObject({ lists: 0, conflicts: 0 });
  expect(queued.reads).toBeLessThanOrEqual(160);
  expect(queued.writes).toBeLessThanOrEqual(100);
  const sent = await costsOf(model, (store) =>
    deliverDue(createWorld({ store, files }).deps, { owner: 'test', random: () => 0 }),
  );
  print(`${followers} followers on ${followers / PER_SERVER} servers, deliver`, sent);
  const left = await openBlobsStore(model).deliveries.counts();
  expect(sent.reads).toBeLessThanOrEqual(400);
  expect(left).toMatchObject({ pending: 0, delivered: followers / PER_SERVER });
});

import { expect, test } from 'vitest';
import { approve } from '../../server/approve.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { deed } from '../federation/plan-samples.ts';
import { createWorld } from './publish-world.ts';

const ANN = 'https://peer.test/users/ann';
const AT = '2026-11-23T11:00:00Z';

test('the Undo of a Follow is sent → nothing is kept of what they posted, and of their answer', async () => {
  const world = createWorld();
  const { store } = world;
  const publish = async () => applyPlan(world.deps, await approve(world.deps, await preparePlan(world.deps)));
  await publish();
  const follow = deed('Follow', ANN);
  world.deeds.set(follow.id, follow);
  await publish();
  await store.following.put({ actor: ANN, state: 'accepted', activity: `${ANN}#1`, at: AT });
  const author = { actor: ANN, handle: '@ann@peer.test', url: ANN, emojis: [], at: AT };
  const content = { text: ['Tea'], sensitive: false, published: AT, url: ANN, emojis: [], attachments: [] };
  await store.reading.put({ id: `${ANN}/1`, actor: ANN, kind: 'post', author, content, at: AT });
  await publish();
  expect(await store.reading.newest(10)).toHaveLength(1);
  world.deeds.clear();
  await publish();
  expect(await store.reading.newest(10)).toEqual([]);
  expect(await store.following.get(ANN)).toBeUndefined();
});

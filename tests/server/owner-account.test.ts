import { beforeEach, expect, test } from 'vitest';
import { deliverDue } from '../../server/deliver.ts';
import { openOwnerAccount } from '../../server/owner-account.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { whatIsOwed } from '../../server/publish-live.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { createWorld, followerAt, ORIGIN, type World } from './publish-world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

const begin = async () => applyPlan(world.deps, await preparePlan(world.deps));
const handle = `@blog@${new URL(ORIGIN).host}`;

test('before federation has begun there is nothing to show and nothing to delete', async () => {
  const account = openOwnerAccount(world.deps);
  expect(await account.account()).toBeUndefined();
  expect(await account.deleteAccount(handle)).toEqual({ kind: 'not-begun' });
});

test('another handle → nothing is done; its own, with or without the first @ → everybody is told, then it is gone', async () => {
  await world.store.followers.put(followerAt('a.example'));
  await begin();
  const account = openOwnerAccount(world.deps);
  for (const typed of ['', '@', 'blog', `${handle}x`, ORIGIN]) {
    expect(await account.deleteAccount(typed)).toEqual({ kind: 'not-confirmed', handle });
  }
  expect((await account.account())?.deleted).toBeUndefined();
  const deleted = await account.deleteAccount(handle.slice(1));
  expect(deleted).toMatchObject({ kind: 'deleted', handle, gone: false, pending: 1 });
  expect(await account.deleteAccount(handle)).toEqual(deleted);
  expect(await whatIsOwed(world.deps)).toBe('sweep');
  await deliverDue(world.deps, { owner: 'w', random: () => 0 });
  await sweepOnce(world.deps);
  expect(await account.account()).toMatchObject({ handle, followers: 1, gone: expect.any(String) });
  // Else a host that is woken for it would be woken for ever.
  expect(await whatIsOwed(world.deps)).toBe('nothing');
});

test('nobody is to be told → it is gone at once', async () => {
  await begin();
  expect(await openOwnerAccount(world.deps).deleteAccount(handle)).toMatchObject({ gone: true, pending: 0 });
});

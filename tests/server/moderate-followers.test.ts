import { describe, expect, test } from 'vitest';
import type { ModerateDeps } from '../../server/moderate.ts';
import { moderateFollow } from '../../server/moderate-followers.ts';
import { openOwnerAccess } from '../../server/owner-access.ts';
import type { Store } from '../../server/store/store.ts';
import { openEachStore } from '../remote/open-each.ts';
import { NEAR_STORES } from '../remote/stores.ts';
import { depsOf, follower, NOW, queued } from './moderation.ts';

describe.each(NEAR_STORES)('a decision about a follower (%s)', (_name, open) => {
  let store: Store;
  let deps: ModerateDeps;
  openEachStore(open, (opened) => {
    store = opened.store;
    deps = depsOf(store);
  });

  test('a request to follow: approve → follower, Accept to them, no request any more; again → unchanged', async () => {
    const bob = follower('bob');
    await store.requests.put(bob);
    expect(await moderateFollow(deps, 'approve', bob.actor)).toMatchObject({ result: 'changed', handle: bob.handle });
    expect(await store.followers.get(bob.actor)).toMatchObject({
      inbox: bob.inbox,
      since: new Date(NOW).toISOString(),
    });
    expect(await queued(store)).toMatchObject([
      { inbox: bob.inbox, json: { type: 'Accept', object: { id: bob.followId } } },
    ]);
    expect(await store.requests.list(10)).toEqual([]);
    expect(await moderateFollow(deps, 'approve', bob.actor)).toMatchObject({ result: 'unchanged' });
  });

  test('a request to follow: reject → Reject to them; again → unknown, and nothing more is sent', async () => {
    const bob = follower('bob');
    await store.requests.put(bob);
    expect(await moderateFollow(deps, 'reject', bob.actor)).toMatchObject({ result: 'changed' });
    expect(await moderateFollow(deps, 'reject', bob.actor)).toMatchObject({ result: 'unknown' });
    expect(await queued(store)).toMatchObject([{ inbox: bob.inbox, json: { type: 'Reject', to: [bob.actor] } }]);
    expect(await store.followers.count()).toBe(0);
  });

  test('remove a follower → Reject to them, and the Follow they sent is no way back', async () => {
    const bob = follower('bob');
    await store.followers.put(bob);
    expect(await moderateFollow(deps, 'remove', bob.actor)).toMatchObject({ result: 'changed' });
    expect(await queued(store)).toMatchObject([
      { inbox: bob.inbox, json: { type: 'Reject', object: { id: bob.followId } } },
    ]);
    expect([await store.followers.count(), await store.inbound.seen(bob.followId)]).toEqual([0, true]);
    expect(await moderateFollow(deps, 'remove', bob.actor)).toMatchObject({ result: 'unknown' });
  });

  test('a follower is found by handle, whatever its case', async () => {
    await store.followers.put(follower('Bob'));
    const owner = openOwnerAccess(deps);
    expect(await owner.moderateFollows('remove', ['bob@SOCIAL.example'])).toMatchObject([{ result: 'changed' }]);
    expect(await owner.moderateFollows('approve', ['nobody'])).toMatchObject([{ result: 'unknown' }]);
  });
});

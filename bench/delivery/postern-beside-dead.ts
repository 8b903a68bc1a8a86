/**
 * Postern beside dead peers. The clock stops when the last living one is served; what is under way to the dead is then
 * broken off. Each round has a store and a client of its own, so that no retry of one is made in the next.
 */
import { deliverDue } from '../../server/deliver.ts';
import { openPostern, queuePosts } from './open-postern.ts';
import { deadInboxesOf, inboxesOf } from './setup.ts';
import { runSide } from './side.ts';

await runSide(async (setup) => {
  let round = 0;
  return async (work, stopClock) => {
    round += 1;
    const deps = await openPostern(setup);
    const dead = deadInboxesOf(setup, work);
    const names = Array.from({ length: work.activities }, (_, i) => `${round}-${i}`);
    const failed = { failures: 1, failingSince: 0, failedDays: 1, lastFailureAt: 0 };
    if (work.dead?.known)
      for (const inbox of dead) await deps.store.hosts.put({ host: new URL(inbox).host, ...failed });
    await queuePosts(deps, [...inboxesOf(setup, work), ...dead], names);
    const end = new AbortController();
    let left = work.origins * work.activities;
    await deliverDue(deps, {
      owner: `bench-${round}`,
      signal: end.signal,
      onSettled: ({ after }) => {
        if (after.state !== 'delivered') return;
        left -= 1;
        if (left > 0) return;
        stopClock();
        end.abort();
        void deps.inboxes.close();
      },
    });
    await deps.store.close();
    return work.origins * work.activities - left;
  };
});

/**
 * Postern as it delivers: the SQLite store on disk, one activity stored and queued for all inboxes, leased, signed,
 * guarded, sent, settled and logged.
 */
import { expectLongRun } from '../../build/engine.ts';
import { deliverDue } from '../../server/deliver.ts';
import { openPostern, queuePosts } from './open-postern.ts';
import { inboxesOf } from './setup.ts';
import { runSide } from './side.ts';

await runSide(async (setup) => {
  const deps = await openPostern(setup);
  // As `npm start` and `npm run publish` deliver.
  expectLongRun();
  let round = 0;
  return async (work) => {
    round += 1;
    const names = Array.from({ length: work.activities }, (_, i) => `${round}-${i}`);
    await queuePosts(deps, inboxesOf(setup, work), names);
    const { delivered } = await deliverDue(deps, { owner: `bench-${round}` });
    return delivered;
  };
});

import { expect, test } from 'vitest';
import { openMemoryStore } from '../../server/store/memory.ts';
import { ADDRESSES, idOf } from '../server/publish-world.ts';
import { openBlog } from './blogs.ts';
import { killAtEachStep } from './each-step.ts';
import { expectArrived, expectFollowers, expectNothingBroken, expectView } from './expectations.ts';
import type { Following } from './job.ts';
import { type Lane, useLanes } from './lanes.ts';
import { inStore } from './leftovers.ts';

const PATIENCE_MS = 300_000;

const lanes = useLanes({ servers: 2, inboxes: 1 });

const CHANGED = { blog: 'changed', actions: [['publish'], ['deliver']] };

test(
  'a publish that is killed at any step, then run again → all arrives, and only what was in flight is repeated',
  async () => {
    const expected = [`Update ${ADDRESSES.actor}`, `Delete ${idOf('removed')}`, `Update ${idOf('edited')}`];
    const { kills, repeats } = await killAtEachStep(
      lanes,
      { first: CHANGED, next: CHANGED },
      async ({ peer, inboxes }, trial) => {
        expectArrived(peer.posted, inboxes, [...expected, `Create ${idOf('new')}`]);
        await expectNothingBroken(trial, peer.posted, 'changed');
      },
    );
    expect(kills).toBeGreaterThan(30);
    expect(repeats).toBeGreaterThan(20);
  },
  PATIENCE_MS,
);

test(
  'a publish that is killed at any step, and the files change before the next → followers end with what the files say',
  async () => {
    const next = { ...CHANGED, blog: 'changed-again' };
    const first = { ...CHANGED, actions: [['publish']] };
    const { kills } = await killAtEachStep(lanes, { first, next }, async ({ peer, inboxes }, trial) => {
      expectView(peer.posted, inboxes, openBlog('changed-again', openMemoryStore()));
      await expectNothingBroken(trial, peer.posted, 'changed-again');
    });
    expect(kills).toBeGreaterThan(8);
  },
  PATIENCE_MS,
);

test(
  'the very first publish into a new file, killed at any step → the next takes the baseline, or finds it, and sends nothing',
  async () => {
    const work = { blog: 'before', actions: [['publish'], ['deliver']] };
    const { kills } = await killAtEachStep(
      lanes,
      { first: work, next: work, begin: () => ({ template: undefined }) },
      async ({ peer }, trial) => {
        expect(peer.posted).toEqual([]);
        await expectNothingBroken(trial, peer.posted, 'before');
        const states = await inStore(trial.file, async ({ ledger }) => [
          ...new Set([...((await ledger.read())?.ledger.objects.values() ?? [])].map(({ state }) => state)),
        ]);
        expect(states).toEqual(['baseline']);
      },
    );
    expect(kills).toBeGreaterThan(4);
  },
  PATIENCE_MS,
);

test(
  'a Follow whose handling is killed at any step, then sent again → a follower, and the same Accept until it arrives',
  async () => {
    const work = { blog: 'before', actions: [['receive'], ['deliver']] };
    const follows = ({ peer: { servers } }: Lane): Following[] => [
      { actor: `${servers[0]}/users/new`, inbox: `${servers[0]}/users/new/inbox` },
    ];
    const begin = (lane: Lane) => ({ follows: follows(lane) });
    const { kills } = await killAtEachStep(lanes, { first: work, next: work, begin }, async (lane, trial) => {
      await expectFollowers(trial, lane.peer.posted, follows(lane));
      await expectNothingBroken(trial, lane.peer.posted, 'before');
    });
    expect(kills).toBeGreaterThan(8);
  },
  PATIENCE_MS,
);

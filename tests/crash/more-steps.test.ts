import { expect, test } from 'vitest';
import { ADDRESSES, idOf, manifestOf } from '../server/publish-world.ts';
import { openBlog } from './blogs.ts';
import { killAtEachStep } from './each-step.ts';
import {
  expectArrived,
  expectNoNeedlessRepeats,
  expectNothingBroken,
  expectOneIdPerMeaning,
  toldBy,
} from './expectations.ts';
import type { Following } from './job.ts';
import { type Lane, useLanes } from './lanes.ts';
import { inStore } from './leftovers.ts';

const PATIENCE_MS = 300_000;

const lanes = useLanes({ servers: 2, inboxes: 1 });

const CHANGED = { blog: 'changed', actions: [['publish'], ['deliver']] };
const EVERYTHING = [
  `Update ${ADDRESSES.actor}`,
  `Delete ${idOf('removed')}`,
  `Update ${idOf('edited')}`,
  `Create ${idOf('new')}`,
];

test(
  'an approval that is killed at any step, and then only the server’s sweep → all is sent, or nothing as long as nothing was approved',
  async () => {
    const first = { blog: 'changed', actions: [['approve']] };
    const next = { blog: 'changed', actions: [['sweep'], ['sweep'], ['deliver']] };
    const told = new Set<number>();
    const { kills } = await killAtEachStep(lanes, { first, next }, async ({ peer, inboxes }, trial) => {
      const approved = await inStore(trial.file, async (store) => {
        const known = await store.ledger.read();
        return known?.ledger.approved?.content === manifestOf(openBlog('changed', store)).content;
      });
      told.add(toldBy(peer.posted).length);
      if (!approved) expect(peer.posted).toEqual([]);
      else {
        expectArrived(peer.posted, inboxes, EVERYTHING);
        await expectNothingBroken(trial, peer.posted, 'changed');
      }
    });
    expect(told).toEqual(new Set([0, 4]));
    expect(kills).toBeGreaterThan(8);
  },
  PATIENCE_MS,
);

test(
  'the deletion of an account with a full queue, killed at any step → its Delete reaches everybody under one id, and is the last word',
  async () => {
    const first = { blog: 'changed', actions: [['delete-account'], ['deliver'], ['finish-account']] };
    const next = { blog: 'changed', actions: [['publish'], ['delete-account'], ['deliver'], ['finish-account']] };
    const before = { blog: 'changed', actions: [['publish']] };
    const { kills } = await killAtEachStep(lanes, { before, first, next }, async ({ peer, inboxes }, trial) => {
      const goodbye = `Delete ${ADDRESSES.actor}`;
      expect(toldBy(peer.posted)).toEqual([goodbye]);
      expectArrived(peer.posted, inboxes, [goodbye]);
      expectOneIdPerMeaning(peer.posted);
      expectNoNeedlessRepeats(trial, peer.posted);
      const { left } = trial.runs.at(-1) ?? {};
      expect(left?.integrity).toBe('ok');
      expect(left?.deliveries.filter(({ state }) => state === 'pending')).toEqual([]);
      const head = await inStore(trial.file, ({ ledger }) => ledger.head());
      expect(head?.actor).toMatchObject({ deleted: expect.any(String), gone: expect.any(String) });
    });
    expect(kills).toBeGreaterThan(8);
  },
  PATIENCE_MS,
);

test(
  'receipts that are being folded, killed at any step → each is counted once, as a receipt or in a count',
  async () => {
    const work = { blog: 'changed', actions: [['keep-up']] };
    const { kills } = await killAtEachStep(
      lanes,
      { before: CHANGED, first: work, next: work },
      async ({ peer }, trial) => {
        await expectNothingBroken(trial, peer.posted, 'changed');
        await inStore(trial.file, async ({ deliveries }) => {
          for (const object of [ADDRESSES.actor, idOf('removed'), idOf('edited'), idOf('new')]) {
            const type = EVERYTHING.find((each) => each.endsWith(object))?.split(' ')[0];
            const { deliveries: kept, folded } = await deliveries.receipts(object);
            expect([kept, folded]).toEqual([[], [{ type, state: 'delivered', count: 2 }]]);
          }
        });
      },
    );
    expect(kills).toBeGreaterThan(1);
  },
  PATIENCE_MS,
);

test(
  'followers that are being imported, killed at any step, then imported again → each is there once, and gets what comes',
  async () => {
    const follows = ({ peer: { servers } }: Lane): Following[] =>
      ['x', 'y', 'z'].map((name) => ({ actor: `${servers[0]}/users/${name}`, inbox: `${servers[0]}/${name}` }));
    const first = { blog: 'changed', actions: [['import']] };
    const next = { blog: 'changed', actions: [['import'], ['publish'], ['deliver']] };
    const begin = (lane: Lane) => ({ follows: follows(lane) });
    const { kills } = await killAtEachStep(lanes, { first, next, begin }, async (lane, trial) => {
      const { peer, inboxes } = lane;
      expectArrived(peer.posted, [...inboxes, ...follows(lane).map(({ inbox }) => inbox)], EVERYTHING);
      await expectNothingBroken(trial, peer.posted, 'changed');
      expect(await inStore(trial.file, ({ followers }) => followers.count())).toBe(5);
    });
    expect(kills).toBeGreaterThan(4);
  },
  PATIENCE_MS,
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleChildren, type Children, cleanEnd } from './children.ts';
import { countRepeats, describe, expectArrived, expectNothingBroken } from './expectations.ts';
import { inLanes, type Lane, openLane } from './lanes.ts';

const LANES = 3;
const JOB = { blog: 'changed', actions: [['publish-and-deliver']] };

let folder: string;
let children: Children;
const lanes: Lane[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-kill-'));
  children = await bundleChildren();
  for (let n = 0; n < LANES; n += 1) lanes.push(await openLane({ folder, children, servers: 2, inboxes: 1 }));
});
afterAll(async () => {
  await children.close();
  for (const { peer } of lanes) await peer.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Numbers a little beyond `steps`: answers come in no fixed order, so another run may take a few steps more. */
const numbersTo = (steps: number) => Array.from({ length: steps + 8 }, (_, n) => n + 1);

/** A run that nobody kills: how many steps it takes, and what arrives. */
async function runCalmly(): Promise<{ steps: number; expected: readonly string[] }> {
  const [lane] = lanes;
  if (!lane) throw new Error('There is no lane.');
  const calm = lane.begin('calm');
  calm.start(JOB);
  const { steps } = cleanEnd(await calm.end());
  return { steps, expected: [...new Set(lane.peer.posted.map(describe))] };
}

test('a publish that is killed at any step, then run again → all arrives, and only what was in flight is repeated', async () => {
  const { steps, expected } = await runCalmly();
  expect(expected).toHaveLength(4);
  let kills = 0;
  let repeats = 0;
  await inLanes(lanes, numbersTo(steps), async ({ peer, inboxes, begin }, dieAt) => {
    const trial = begin(`step-${dieAt}`);
    trial.start({ ...JOB, dieAt });
    const [first] = await trial.end();
    if (first?.killed) {
      kills += 1;
      trial.start(JOB);
      cleanEnd(await trial.end());
    }
    repeats += countRepeats(peer.posted);
    expectArrived(peer.posted, inboxes, expected);
    await expectNothingBroken(trial, peer.posted, 'changed');
    trial.remove();
  });
  console.log({ steps, kills, repeats });
  expect(kills).toBeGreaterThan(0.9 * steps);
}, 300_000);

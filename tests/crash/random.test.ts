import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Child, cleanEnd } from './children.ts';
import { countRepeats, expectArrived, expectFollowers, expectNothingBroken, toldBy } from './expectations.ts';
import type { Following } from './job.ts';
import { inLanes, type Lane, useLanes } from './lanes.ts';
import { createRandom, type Random } from './random.ts';
import type { Trial } from './trial.ts';

/*
 * Processes are killed at random instants while they publish, deliver and receive. Each life of a blog begins with a seed
 * that is told when something breaks.
 *
 *   POSTERN_KILLS=2000   how many processes are killed (120)
 *   POSTERN_SEED=7       the first seed; by default another one each time
 */
const KILLS = Number(process.env.POSTERN_KILLS ?? 120);
const SEED = Number(process.env.POSTERN_SEED ?? Date.now() % 1_000_000);

const MOST_KILLS_OF_ONE_LIFE = 12;
/** Some kills come while the process opens the store, most while it works. */
const OPENING_MS = 120;
const WORKING_MS = 300;

const lanes = useLanes({ servers: 5, inboxes: 4 });

/** Whoever asks to follow while all this goes on. */
const followsAt = ({ peer }: Lane): Following[] =>
  peer.servers.flatMap((server) =>
    ['x', 'y'].map((name) => ({ actor: `${server}/users/${name}`, inbox: `${server}/users/${name}/inbox` })),
  );

async function killSoon(child: Child, random: Random): Promise<void> {
  const isOpening = random() < 0.1;
  if (!isOpening) await child.ready;
  await sleep(random() * (isOpening ? OPENING_MS : WORKING_MS));
  child.process.kill('SIGKILL');
}

/** One round: a process, or two side by side, of which each is killed unless it is done before. Gives the kills. */
async function round(trial: Trial, random: Random): Promise<number> {
  const isAlone = random() < 0.7;
  // A process that is not alone does not move its clock: it would take the leases of the other one for dead.
  const deliver = isAlone ? 'publish-and-deliver' : 'publish-and-deliver-now';
  const job = { blog: 'busy', actions: [[deliver, 'receive']] };
  const started = isAlone ? [trial.start(job)] : [trial.start(job), trial.start({ ...job, follows: [], ahead: 2_000 })];
  await Promise.all(started.map((child) => killSoon(child, random)));
  const ended = await trial.end();
  for (const each of ended) if (!each.killed) cleanEnd([each]);
  return ended.filter(({ killed }) => killed).length;
}

/** A blog from its baseline until all is sent. Gives what it had to go through. */
async function life(lane: Lane, seed: number): Promise<{ kills: number; repeats: number }> {
  const random = createRandom(seed);
  const { peer } = lane;
  peer.answer = async () => {
    await sleep(random() * 8);
    return random() < 0.03 ? 503 : 202;
  };
  const follows = followsAt(lane);
  const trial = lane.begin(`seed-${seed}`, { follows });
  let kills = 0;
  while (kills < MOST_KILLS_OF_ONE_LIFE) {
    const killed = await round(trial, random);
    kills += killed;
    if (killed === 0) break;
  }
  trial.start({ blog: 'busy', actions: [['receive'], ['publish-and-deliver']] });
  cleanEnd(await trial.end());
  const expected = toldBy(peer.posted);
  expect(expected).toHaveLength(10);
  expectArrived(peer.posted, lane.inboxes, expected);
  await expectFollowers(trial, peer.posted, follows);
  await expectNothingBroken(trial, peer.posted, 'busy');
  trial.remove();
  return { kills, repeats: countRepeats(peer.posted) };
}

test('processes that are killed at random instants under load → nothing is lost, no id differs, only what was in flight is repeated', async () => {
  let kills = 0;
  let repeats = 0;
  let lives = 0;
  const seeds = function* (): Generator<number> {
    for (let seed = SEED; kills < KILLS; seed += 1) yield seed;
  };
  await inLanes(lanes, seeds(), async (lane, seed) => {
    const came = await life(lane, seed).catch((cause: unknown) => {
      throw new Error(`POSTERN_SEED=${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    kills += came.kills;
    repeats += came.repeats;
    lives += 1;
  });
  console.log(`seeds from ${SEED}: ${kills} kills in ${lives} lives, ${repeats} requests repeated`);
  expect(kills).toBeGreaterThanOrEqual(KILLS);
}, 3_600_000);

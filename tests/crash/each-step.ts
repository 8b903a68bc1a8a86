import { cleanEnd } from './children.ts';
import { countRepeats } from './expectations.ts';
import type { Job } from './job.ts';
import { inLanes, type Lane, type LifeOptions } from './lanes.ts';
import type { Trial } from './trial.ts';

export interface Killed {
  /** What a process does before, in peace. */
  readonly before?: Work;
  readonly first: Work;
  /** What the process after it does, and does until it is done. */
  readonly next: Work;
  readonly begin?: (lane: Lane) => LifeOptions;
}

export type Work = Pick<Job, 'blog' | 'actions'>;

/**
 * Kills a process at its first step and lets another one finish, then at its second, and so on, until it has fewer steps
 * than that. `check` looks at each life. Gives the number of kills.
 */
export async function killAtEachStep(
  lanes: readonly Lane[],
  work: Killed,
  check: (lane: Lane, trial: Trial) => Promise<void>,
): Promise<{ kills: number; repeats: number }> {
  const came = { kills: 0, repeats: 0 };
  let isOver = false;
  const steps = function* (): Generator<number> {
    for (let step = 1; !isOver; step += 1) yield step;
  };
  await inLanes(lanes, steps(), async (lane, dieAt) => {
    const trial = lane.begin(`step-${dieAt}`, work.begin?.(lane));
    if (work.before) {
      trial.start(work.before);
      cleanEnd(await trial.end());
    }
    trial.start({ ...work.first, dieAt });
    const ended = await trial.end();
    if (ended[0]?.killed) came.kills += 1;
    else {
      cleanEnd(ended);
      isOver = true;
    }
    trial.start(work.next);
    cleanEnd(await trial.end());
    came.repeats += countRepeats(lane.peer.posted);
    await check(lane, trial);
    trial.remove();
  });
  return came;
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until `ask` gives something, and fails with `what` when it takes too long. A throw counts as nothing yet. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  ms = 60_000,
  everyMs = 25,
): Promise<T> {
  const deadline = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${ms / 1000} s in vain for ${what}`, { cause: last });
    await sleep(everyMs);
  }
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How much bytecode a function runs before V8 thinks of optimising it; its own figure is 67,584 in Node.js 20. A build is
 * over in seconds: what the optimising compiler spends on functions that are about to rest is a third of the CPU time of
 * 1,000 posts. A larger figure than this costs more at 10,000 than it saves.
 */
const OPTIMISE_AFTER = 1_000_000;

/** Prepares the engine for a process that builds once and ends. The V8 of Node.js 22 has no such flag, and says so aloud. */
export function expectShortRun(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${OPTIMISE_AFTER}`);
}

/**
 * Collects garbage now. V8 lets the heap grow to a multiple of what lived at its last collection, so one between two
 * phases of a build bounds all of the second: a tenth of the memory of 10,000 posts for a hundredth of the time.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect === 'function') collect();
}

/** After so many deliveries there is garbage enough to be worth a look. */
export const DELIVERIES_TO_COLLECT = 4_096;

/**
 * Gives what collects garbage at every so many calls. What lives a little longer than a request fills the old generation,
 * which V8 collects only when it has grown by a third: over 50,000 deliveries a tenth of the memory, for a hundredth of
 * the time.
 */
export function collectEvery(calls: number): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count % calls === 0) collectGarbage();
  };
}

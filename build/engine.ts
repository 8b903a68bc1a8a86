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

/**
 * By how many percent the old generation may grow until it is collected; V8's own figure depends on how fast it grows, and
 * lets what outlives a request by little pile up. Over 50,000 deliveries it keeps a tenth of the memory free.
 */
const GROW_BY = 20;

/**
 * Prepares the engine for a process that does the same small thing for long, and now and then: the heap stays small, and
 * the code of functions that have rested is kept. To collect by hand would make V8 forget what it has optimised.
 */
export function expectLongRun(): void {
  setFlagsFromString(`--heap-growing-percent=${GROW_BY}`);
  setFlagsFromString('--no-flush-bytecode');
}

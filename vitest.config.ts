import { defineConfig } from 'vitest/config';

/** Tests of what keeps nothing between two calls. */
const PURE = ['federation', 'templates', 'build'].map((folder) => `tests/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      // Files of one worker share what they import: half of their time is loading.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['tests/**/*.test.ts'], exclude: PURE } },
    ],
    // What a post names is looked up by those tests alone that bring somebody to ask.
    env: { POSTERN_OFFLINE: '1' },
    setupFiles: ['tests/without-colours.ts'],
    // Only what hangs shall meet these: nothing here asserts how fast it is, and a machine may have other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Vitest leaves a core free; on two that would be one worker, and the tests of processes mostly wait.
    maxWorkers: 2,
  },
});

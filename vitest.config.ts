import { defineConfig } from 'vitest/config';

/** Tests that start processes, platforms or browsers, or look at a process from outside: each file has one to itself. */
const APART = ['browser', 'crash', 'e2e'].map((folder) => `tests/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      // Files of one worker share what they import: half of their time is loading.
      { extends: true, test: { name: 'shared', include: ['tests/**/*.test.ts'], exclude: APART, isolate: false } },
      { extends: true, test: { name: 'apart', include: APART } },
    ],
    // What a post names is looked up by those tests alone that bring somebody to ask.
    env: { POSTERN_OFFLINE: '1' },
    setupFiles: ['tests/without-colours.ts'],
    // Only what hangs shall meet these: nothing here asserts how fast it is, and a machine may have other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Vitest leaves a core free; on two that would be one worker, and the tests of processes mostly wait.
    maxWorkers: 3,
  },
});

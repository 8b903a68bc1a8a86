import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
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

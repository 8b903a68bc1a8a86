import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vitest leaves a core free; on two that would be one worker, and the tests of processes mostly wait.
    maxWorkers: 2,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The tests of the program run what users run.
    globalSetup: 'test/build.ts',
    setupFiles: 'test/seed.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

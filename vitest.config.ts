import { defineConfig } from 'vitest/config';

/** `npm test` runs `unit`; `test:e2e` and `test:parity` need a built page, a browser or Python, and CI runs them too. */
const slow = { e2e: ['test/e2e/**/*.test.ts', 'test/browser/**/*.test.ts'], parity: ['test/parity/**/*.test.ts'] };

export default defineConfig({
  test: {
    pool: 'forks',
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...slow.e2e, ...slow.parity] } },
      { extends: true, test: { name: 'e2e', include: slow.e2e, fileParallelism: false } },
      { extends: true, test: { name: 'parity', include: slow.parity, testTimeout: 300_000 } },
    ],
  },
});

import { defineConfig } from 'vitest/config';

/**
 * `npm test` runs `unit`, which is to end within 5 minutes on two cores. CI runs the others too: `slow` is what trains for
 * longer, or starts the command or whole scripts many times; `e2e` and `parity` need a built page, a browser or Python.
 *
 * The files of `unit` run one after another in the same few processes (`isolate: false`): in processes of their own most of
 * the time went into loading TensorFlow.js, ONNX Runtime, sharp and zod again for each. So a file puts back what it changes
 * for the whole process; `npm test -- --sequence.shuffle.files` shows whether it does.
 */
const others = {
  e2e: ['test/e2e/**/*.test.ts', 'test/browser/**/*.test.ts'],
  parity: ['test/parity/**/*.test.ts'],
  slow: ['test/**/*.slow.test.ts'],
};

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%', // vitest would leave one core to itself, which then idles: half the machine where there are two
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: Object.values(others).flat(),
          isolate: false,
          setupFiles: 'test/setup.ts',
        },
      },
      { extends: true, test: { name: 'e2e', include: others.e2e, fileParallelism: false } },
      { extends: true, test: { name: 'parity', include: others.parity, testTimeout: 300_000 } },
      { extends: true, test: { name: 'slow', include: others.slow, testTimeout: 300_000 } },
    ],
  },
});

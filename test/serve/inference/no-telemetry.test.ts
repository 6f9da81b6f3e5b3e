import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { root } from '../fixtures.ts';

/** ONNX Runtime reads the environment of the process, of which a thread has a copy. */

const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;

async function importedBy(env: Record<string, string>): Promise<unknown> {
  const worker = new Worker(join(root, 'serve/inference/no-telemetry.ts'), {
    env,
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`],
  });
  const [outcome] = await Promise.race([once(worker, 'exit'), once(worker, 'error').catch((error) => [error])]);
  return outcome;
}

it('a thread refuses to be the first that switches telemetry off, since nobody would hear it', async () => {
  await expect(importedBy({})).rejects.toThrow(/the main thread must import it/);
  expect(await importedBy({ ORT_DISABLE_TELEMETRY: '1' })).toBe(0);
  expect(await importedBy({ ORT_DISABLE_TELEMETRY: '0' })).toBe(0);
});

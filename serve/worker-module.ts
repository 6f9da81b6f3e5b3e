import { fileURLToPath } from 'node:url';

/**
 * The worker of a pool of threads. Compiled, it is JavaScript beside the pool's file. In a checkout it is TypeScript, which
 * its thread must learn first, by an explicit `register`: `--import tsx` itself does nothing outside the main thread.
 * @param pool `import.meta.url` of the pool, whose folder holds `worker.ts`
 */
export function workerModule(pool: string): { filename: string; execArgv: string[] } {
  const extension = pool.endsWith('.ts') ? '.ts' : '.js';
  const filename = fileURLToPath(new URL(`./worker${extension}`, pool));
  if (extension === '.js') return { filename, execArgv: [] };
  const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return { filename, execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`] };
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort } from './free-port.ts';
import { models, root } from './ours.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/**
 * The peer of the benchmark: what a Python engineer would write for the same graphs (fastapi_server.py), found, started
 * and ended here.
 */

export const WORKERS = 2;
const IMPORTS = 'import fastapi, httptools, numpy, onnxruntime, PIL, uvicorn, uvloop';

/** `SENN_FASTAPI`, else what `scripts/setup-fastapi.sh` made, else the system's. */
function pythons(environment: NodeJS.ProcessEnv): string[] {
  const chosen = environment['SENN_FASTAPI'];
  return chosen === undefined ? [join(root, '.venv-fastapi', 'bin', 'python'), 'python3'] : [chosen];
}

/** The first interpreter that has all that the server imports, or why there is none. */
export async function pythonWithFastapi(
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly python: string } | { readonly missing: string }> {
  const candidates = pythons(environment);
  for (const python of candidates) {
    const found = await promisify(execFile)(python, ['-c', IMPORTS]).then(
      () => true,
      () => false,
    );
    if (found) return { python };
  }
  return { missing: `no fastapi and onnxruntime in ${candidates.join(' or ')}; npm run setup:fastapi gets them` };
}

const healthSchema = z.object({ pid: z.int() });

/** Resolves once every worker has answered, each on a connection of its own. */
async function allWorkers(url: string, signal: AbortSignal): Promise<void> {
  const seen = new Set<number>();
  while (seen.size < WORKERS && !signal.aborted) {
    const asked = Array.from({ length: 2 * WORKERS }, async () => {
      const response = await fetch(`${url}/health`, { headers: { Connection: 'close' }, signal });
      seen.add(healthSchema.parse(await response.json()).pid);
    });
    await Promise.allSettled(asked);
    await sleep(100);
  }
}

/**
 * Two ways to write the endpoint: work in the event loop, or in the thread pool. Both are run; the faster one counts.
 */
export const fastapiNames = ['fastapi', 'fastapi-pool'] as const;
export type FastapiName = (typeof fastapiNames)[number];

/** FastAPI as its experts run it on two cores: two uvicorn workers, uvloop, httptools, no access log. */
export async function startFastapi(name: FastapiName, python: string, model: string): Promise<ServerProcess> {
  const port = await freePort();
  const loop = ['--workers', String(WORKERS), '--loop', 'uvloop', '--http', 'httptools', '--no-access-log'];
  return startServer({
    name,
    command: [python, '-m', 'uvicorn', 'fastapi_server:app', '--host', '127.0.0.1', '--port', String(port), ...loop],
    cwd: import.meta.dirname,
    environment: {
      SENN_MODEL: join(models, model),
      SENN_THREAD_POOL: name === 'fastapi-pool' ? '1' : '0',
      PYTHONDONTWRITEBYTECODE: '1',
      ORT_DISABLE_TELEMETRY: '1',
    },
    ready: async (_child, signal) => {
      const url = `http://127.0.0.1:${port}`;
      await allWorkers(url, signal);
      return url;
    },
  });
}

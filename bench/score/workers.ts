import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ended, redisProgram, startRedis } from '../queue/redis.ts';
import { root } from '../serve/servers/ours.ts';

/** A Redis of the benchmark's own, and workers of one thread each at it: nothing of another queue is touched. */

export interface Workers {
  readonly queue: string;
  stop(): Promise<void>;
}

/** Resolves when it says that it works. @throws where it ends before */
async function working(child: ChildProcess): Promise<void> {
  let said = '';
  const spoken = new Promise<void>((done) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('working')) done();
    };
    child.stderr?.on('data', hear);
    child.stdout?.on('data', hear);
  });
  const over = once(child, 'exit').then(() => {
    throw new Error(`senn worker ended before it worked: ${said.trim()}`);
  });
  await Promise.race([spoken, over]);
  over.catch(() => {}); // it ends when it is told to
}

/** @returns `undefined` where no Redis is installed */
export async function startWorkers(count: number): Promise<Workers | undefined> {
  const program = redisProgram();
  if (program === undefined) return undefined;
  const redis = await startRedis(program);
  const queue = `redis://127.0.0.1:${redis.port}/0`;
  const args = [join(root, 'dist', 'cli.js'), 'worker', '--queue', queue, '--threads', '1'];
  const workers = Array.from({ length: count }, () =>
    spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const stop = async (): Promise<void> => {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(ended));
    await redis.stop();
  };
  try {
    await Promise.all(workers.map(working));
  } catch (error) {
    await stop();
    throw error;
  }
  return { queue, stop };
}

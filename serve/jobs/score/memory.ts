import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A watch on the memory of another process: graphs and tensors lie outside of what V8 can be told to bound, and nothing
 * else stops a job from taking what the server needs.
 */

/** Milliseconds between two looks. */
const LOOK = 250;

/** Bytes in RAM; `undefined` where the process has ended, or nobody can tell. */
async function residentBytesOf(pid: number): Promise<number | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/status`, 'latin1');
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]);
  } catch {}
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return 1024 * Number(stdout);
  } catch {
    return undefined;
  }
}

/**
 * Calls `exceeded`, once, when the process has more than `most` bytes in RAM.
 * @returns ends the watch
 */
export function watchMemory(pid: number, most: number, exceeded: () => void): () => void {
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return; // a look by `ps` may take longer than the time between two
    looking = true;
    const bytes = (await residentBytesOf(pid)) ?? 0;
    looking = false;
    if (!(bytes > most)) return;
    clearInterval(timer);
    exceeded();
  }, LOOK).unref();
  return () => clearInterval(timer);
}

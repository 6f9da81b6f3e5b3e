import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A watch on the memory of another process: graphs and tensors lie outside of what V8 can be told to bound, and nothing
 * else stops a job from taking what the server needs.
 */

/** Milliseconds between two looks. */
const LOOK = 250;

/** Bytes of a process in RAM; `undefined` where it has ended, or nobody can tell. */
export async function residentBytesOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => undefined);
  const kilobytes = status?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1] ?? (await residentByPs(pid).catch(() => undefined));
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

async function residentByPs(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return stdout.trim();
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

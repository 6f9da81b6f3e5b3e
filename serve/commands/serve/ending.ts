import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerConfig } from '../../config/index.ts';

/** The end of a server's process, which must come: whatever hangs, it does not outlive its time. */

/** Milliseconds that closing may take besides draining: the last jobs, the last traces, the threads. */
const CLOSING = 5000;

/** Milliseconds that the last lines of the log have. */
export const LAST_LINES = 500;

/** Whether the server has closed within the time that the configuration gives it. @throws what `close` throws */
export async function closesInTime(
  close: () => Promise<void>,
  { drainDelayMs, drainTimeoutMs }: Pick<ServerConfig, 'drainDelayMs' | 'drainTimeoutMs'>,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, drainDelayMs + drainTimeoutMs + CLOSING, false);
  });
  const closed = close().then(() => true);
  try {
    return await Promise.race([closed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds for requests to the file system that still wait, and between the ways to end the process. */
const GRACE = 500;
const LOOK = 20;

/** Whether a thread of libuv's pool is in the file system. */
const inFileSystem = (): boolean => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

/**
 * Ends this process. `process.exit` waits for the threads of libuv's pool, and one that waits for a disk that does not
 * answer never comes back; so such a process ends by the signal, as does one that has not closed.
 * @param free whether the server has closed, and its log is written
 * @param exitCode for a process that is free
 */
export async function end(free: boolean, exitCode: number, signal: NodeJS.Signals): Promise<void> {
  const until = performance.now() + GRACE;
  while (free && inFileSystem() && performance.now() < until) await sleep(LOOK);
  if (free && !inFileSystem()) process.exit(exitCode);
  await endBySignal(signal);
}

/** Ends this process by the default action of a signal, which waits for no thread. */
async function endBySignal(signal: NodeJS.Signals): Promise<void> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // the first process of a container is spared by signals, SIGKILL too, but not by the trap that `abort` ends in
  await sleep(GRACE);
  process.kill(process.pid, 'SIGKILL');
  await sleep(GRACE);
  process.abort();
}

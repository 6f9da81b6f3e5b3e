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

/**
 * Ends this process by the signal's default action. `process.exit` waits for threads, and a thread that is held by
 * native code (ONNX Runtime, a write to a disk that does not answer) may never come back.
 */
export function endBySignal(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

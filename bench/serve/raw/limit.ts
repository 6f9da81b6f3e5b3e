import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RawTask, rawReportSchema } from './protocol.ts';

/**
 * The upper bound of every server: `session.run` of the same graphs in a loop, with no HTTP, no images and no JSON
 * around it.
 */

const PATIENCE = 60;

/** Inputs a second that ONNX Runtime alone takes in so many threads, in a process of its own. */
export async function rawLimit(task: RawTask): Promise<number> {
  const child = fileURLToPath(new URL('child.ts', import.meta.url));
  const args = ['--import', 'tsx', child, JSON.stringify(task)];
  const timeout = 1000 * (task.seconds + PATIENCE);
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout, killSignal: 'SIGKILL' });
  return rawReportSchema.parse(JSON.parse(stdout)).inputsPerSecond;
}

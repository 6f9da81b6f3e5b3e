import { isMainThread } from 'node:worker_threads';

/**
 * Imported before onnxruntime-node, which on Linux and macOS otherwise looks up a host of its maker's and writes files to
 * the home and the temporary folder. Whoever wants that sets the variable.
 */

const VARIABLE = 'ORT_DISABLE_TELEMETRY';

if (process.env[VARIABLE] === undefined) {
  // the environment of a thread is a copy, which native code does not read
  if (!isMainThread) throw new Error(`no-telemetry.ts: the main thread must import it before it starts others`);
  process.env[VARIABLE] = '1';
}

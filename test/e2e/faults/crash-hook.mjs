import { unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a server by NODE_OPTIONS: an inference thread that finds the file SENN_TEST_CRASH takes it away and ends,
 * in the middle of its batch.
 */
const file = process.env.SENN_TEST_CRASH;

function isMine() {
  try {
    unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}

if (!isMainThread && file) {
  const { InferenceSession } = createRequire(import.meta.url)('onnxruntime-node');
  const { run } = InferenceSession.prototype;
  InferenceSession.prototype.run = function (...args) {
    if (isMine()) process.exit(7);
    return run.apply(this, args);
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { SennError } from '../../core/errors.ts';

/**
 * Makes sure that tfjs has a backend to read weights from: the one that is set, else WASM.
 * @throws missing_backend
 */
export async function ensureBackend(): Promise<void> {
  if (tf.getBackend()) return;
  await import('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm'))) {
    throw new SennError(
      'missing_backend',
      'export: the WASM backend of tfjs did not start; npm install @tensorflow/tfjs-backend-wasm',
    );
  }
  await tf.ready();
}

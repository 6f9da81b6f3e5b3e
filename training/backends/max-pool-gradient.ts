import * as tf from '@tensorflow/tfjs';
import { maxPoolGradient } from '../ops/max-pool.ts';

/** Puts our gradient of max pooling in the place of tfjs's own, on whatever backend runs. */

type Pair = [number, number];
const pair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

/**
 * Puts our gradient of max pooling in the place of tfjs's, for windows that neither overlap nor pad. Others keep
 * tfjs's where it is right; on WASM it is not, so there they are refused. Idempotent; the registry is global to tfjs.
 */
export function registerMaxPoolGradient(): void {
  const original = tf.getGradient('MaxPool');
  tf.unregisterGradient('MaxPool');
  tf.registerGradient({
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const { filterSize, strides, pad } = attrs as unknown as Record<'filterSize' | 'strides', number | Pair> & {
        pad: 'valid' | 'same' | number;
      };
      const [x, y] = saved as [tf.Tensor4D, tf.Tensor4D];
      const window = pair(filterSize);
      const covers = x.shape[1] % window[0] === 0 && x.shape[2] % window[1] === 0;
      if (window.join() === pair(strides).join() && (pad === 'valid' || pad === 0 || (pad === 'same' && covers))) {
        return { x: () => maxPoolGradient(dy as tf.Tensor4D, x, y, window) };
      }
      if (tf.getBackend() === 'wasm') {
        throw new Error(`the gradient of max pooling is wrong on WASM where windows [${window}] overlap or pad`);
      }
      return (original as tf.GradConfig).gradFunc(dy, saved, attrs);
    },
  });
}

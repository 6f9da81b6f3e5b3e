import type * as tf from '@tensorflow/tfjs';

/** What every conceptizer gives; apart from the table of them, which imports each. */

export type ImageShape = readonly [height: number, width: number, channels: number];

/** h and its decoder, as symbolic tensors. */
export interface Conceptizer {
  /** `[N, …shape]` */
  readonly input: tf.SymbolicTensor;
  /** `[N, K]`; of a variational one the mean of the posterior */
  readonly encode: tf.SymbolicTensor;
  /** `[N, K]`, of a variational one */
  readonly logVariance?: tf.SymbolicTensor;
  /** `[N, K]`, the decoder's input */
  readonly latent: tf.SymbolicTensor;
  /** `[N, …shape]` */
  readonly decoded: tf.SymbolicTensor;
}

import type * as tf from '@tensorflow/tfjs';

/** What a kernel of tfjs is called with, by the names that its ops give. */
export type Inputs = Record<'x' | 'dy' | 'filter' | 'a' | 'b', tf.Tensor> &
  Partial<Record<'bias' | 'preluActivationWeights', tf.Tensor>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel, written in ops that other kernels run. */
export type Kernel = (inputs: Inputs, attrs: Attributes) => tf.Tensor;

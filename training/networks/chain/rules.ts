import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import type { ActivationName } from '../../config/parts.ts';
import { constant } from '../../ops/constant.ts';
import { head, scaleDirections } from '../../ops/directions.ts';
import { maxPool } from '../../ops/max-pool.ts';
import { centered } from '../centering.ts';
import type { ChainLayerName } from './layers.ts';

/**
 * A chain of layers, run forwards with a *pullback* beside it: the product of a cotangent with the chain's Jacobian,
 * written out in ordinary ops. A loss of that gradient, as the robustness loss is, is then differentiated once, like any
 * other. Nesting `tf.grad` instead takes a second-order gradient, which tfjs 4.22 gets wrong without saying so for every
 * op whose gradient reads its own output (tensorflow/tfjs#3252), and computes what the forward pass has already.
 *
 * Cotangents come for D directions at once, one after the other along the batch, `[D·n, …]`, and for as many inputs n as
 * they are wanted of: the first of the N.
 */

export interface ChainStep {
  /** `[N, …out]` */
  readonly output: tf.Tensor;
  /** `[D·n, …out] → [D·n, …in]`, of the first n inputs */
  readonly pullback: (cotangent: tf.Tensor, inputs: number) => tf.Tensor;
}

/** Seeds the dropout of one pass of training; without it nothing is dropped. */
export type Dropping = Pick<RandomStream, 'seed'> | undefined;

export type Rule = (layer: tf.layers.Layer, x: tf.Tensor, dropping: Dropping) => ChainStep;

/** `[N, …in] → [D·n, …in]`, with the cotangent's D·n. */
const withBatchOf = (cotangent: tf.Tensor, { shape }: tf.Tensor): number[] => [
  cotangent.shape[0] as number,
  ...shape.slice(1),
];

const weightsOf = (layer: tf.layers.Layer): tf.Tensor[] => layer.weights.map((weight) => weight.read());

type Slope = (z: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Slope of each activation at z, where y = activation(z). */
const slopes = {
  relu: (z) => constant(() => tf.step(z)),
  softplus: (z) => tf.sigmoid(z),
  tanh: (_z, y) => tf.sub(1, tf.square(y)),
  sigmoid: (_z, y) => tf.mul(y, tf.sub(1, y)),
  elu: (_z, y) => tf.add(tf.minimum(y, 0), 1),
} satisfies Record<ActivationName, Slope>;

const config = <T>(layer: tf.layers.Layer): T => layer.getConfig() as unknown as T;

const reshaped: Rule = (layer, x) => ({
  output: layer.apply(x) as tf.Tensor,
  pullback: (cotangent) => tf.reshape(cotangent, withBatchOf(cotangent, x)),
});

/** How each layer class runs, and how it takes a cotangent back: a row for each that a chain may hold. */
export const rules = {
  Centering: (_layer, x) => ({ output: centered(x), pullback: centered }),
  Flatten: reshaped,
  Reshape: reshaped,
  Dense: (layer, x) => {
    const [kernel, bias] = weightsOf(layer) as [tf.Tensor2D, tf.Tensor1D | undefined];
    const product = tf.matMul(x as tf.Tensor2D, kernel);
    return {
      output: bias === undefined ? product : tf.add(product, bias),
      pullback: (cotangent) => tf.matMul(cotangent as tf.Tensor2D, kernel, false, true),
    };
  },
  Conv2D: (layer, x) => {
    const { strides, padding } = config<{ strides: [number, number]; padding: 'same' | 'valid' }>(layer);
    const [kernel, bias] = weightsOf(layer) as [tf.Tensor4D, tf.Tensor1D | undefined];
    const product = tf.conv2d(x as tf.Tensor4D, kernel, strides, padding);
    return {
      output: bias === undefined ? product : tf.add(product, bias),
      pullback: (cotangent) => {
        const shape = withBatchOf(cotangent, x) as [number, number, number, number];
        return tf.conv2dTranspose(cotangent as tf.Tensor4D, kernel, shape, strides, padding);
      },
    };
  },
  MaxPooling2D: (layer, x) => {
    const { poolSize } = config<{ poolSize: [number, number] }>(layer);
    return maxPool(x as tf.Tensor4D, poolSize);
  },
  Activation: (layer, x) => {
    const { activation } = config<{ activation: ActivationName }>(layer);
    const slope: Slope = slopes[activation];
    const output = layer.apply(x) as tf.Tensor;
    return {
      output,
      pullback: (cotangent, inputs) => scaleDirections(cotangent, slope(head(x, inputs), head(output, inputs))),
    };
  },
  Dropout: (layer, x, dropping) => {
    if (dropping === undefined) return { output: x, pullback: (cotangent) => cotangent };
    const { rate, noiseShape } = config<{ rate: number; noiseShape?: number[] }>(layer);
    const shape = x.shape.map((size, i) => (noiseShape?.[i] === 1 ? 1 : size));
    const kept = constant(() => {
      const uniform = tf.randomUniform(shape, 0, 1, 'float32', dropping.seed());
      return tf.broadcastTo(tf.div(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), 1 - rate), x.shape);
    });
    return {
      output: tf.mul(x, kept),
      pullback: (cotangent, inputs) => scaleDirections(cotangent, head(kept, inputs)),
    };
  },
} satisfies Record<ChainLayerName, Rule>;

import * as tf from '@tensorflow/tfjs';

/**
 * Concepts with mean 0 and deviation 1, so that 0 means "as usual" whatever the kind: a contribution is then one against
 * the usual input, and the scale of h, which no loss fixes (3h with θ/3 is the same function), is fixed. It is batch
 * normalisation without gain and offset (Ioffe & Szegedy 2015); on a posterior's mean it also keeps the KL divergence
 * from vanishing (Zhu et al. 2020, "A Batch Normalized Inference Network Keeps the KL Vanishing Away").
 *
 * A step of training takes the statistics of its batch, differentiably, and every pass of the same step the same ones: a
 * picture that is decoded from concepts is read in the units of those concepts. Running averages serve in evaluation and
 * in the export, which folds the layer into the one before it.
 */

const LAYER = 'concepts_standardized';
const MOMENTUM = 0.99;
const EPSILON = 1e-5;

/** `[N, K] → [N, K]`, by the statistics of training. */
export function standardized(concepts: tf.SymbolicTensor): tf.SymbolicTensor {
  const layer = tf.layers.batchNormalization({
    name: LAYER,
    center: false,
    scale: false,
    momentum: MOMENTUM,
    epsilon: EPSILON,
  });
  return layer.apply(concepts) as tf.SymbolicTensor;
}

/** Mean and variance of every concept over a batch: `[K]`. */
interface Statistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Moves the running averages towards the batch: what evaluation standardises by. */
function remember(layer: tf.layers.Layer, { mean, variance }: Statistics): void {
  const averages = layer.weights.map((weight) => weight.read());
  tf.tidy(() => {
    const moved = [mean, variance].map((value, i) =>
      tf.add(tf.mul(averages[i] as tf.Tensor, MOMENTUM), tf.mul(value, 1 - MOMENTUM)),
    );
    layer.setWeights(moved);
  });
}

/** How the passes of one step of training standardise: the first sets the statistics, the others take them over. */
export class BatchStandardization {
  #statistics: Statistics | undefined;

  /** What the layer does in this step; `undefined` for any other layer. */
  apply(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor | undefined {
    if (layer.name !== LAYER) return undefined;
    this.#statistics ??= this.#first(layer, x);
    const { mean, variance } = this.#statistics;
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
  }

  #first(layer: tf.layers.Layer, x: tf.Tensor): Statistics {
    const statistics = tf.moments(x, 0);
    remember(layer, statistics);
    return statistics;
  }
}

import * as tf from '@tensorflow/tfjs';

/** θ of a PrototypeDNN as a layer, so that static relevances are a graph like any other. */

interface StaticRelevancesConfig {
  readonly name?: string;
  /** K */
  readonly concepts: number;
  /** C */
  readonly classes: number;
  readonly seed?: number;
}

/**
 * Relevances that are the same for every input: of the input it takes the number only, `[N, …] → [N, K, C]`. They start
 * from U(−1, 0], which is the paper's U[0, 1) of weights on distances, seen as weights on `h = −distance`.
 */
export class StaticRelevances extends tf.layers.Layer {
  static className = 'StaticRelevances';
  readonly concepts: number;
  readonly classes: number;
  readonly #seed: number | undefined;
  #relevances: tf.LayerVariable | undefined;

  constructor({ concepts, classes, seed, ...rest }: StaticRelevancesConfig) {
    super(rest);
    this.concepts = concepts;
    this.classes = classes;
    this.#seed = seed;
  }

  override build(): void {
    const initializer = tf.initializers.randomUniform({
      minval: -1,
      maxval: 0,
      ...(this.#seed !== undefined && { seed: this.#seed }),
    });
    this.#relevances = this.addWeight('relevances', [this.concepts, this.classes], 'float32', initializer);
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [(inputShape as tf.Shape)[0] ?? null, this.concepts, this.classes];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    return tf.tidy(() => tf.tile(tf.expandDims(this.matrix(), 0), [x.shape[0] as number, 1, 1]));
  }

  /** θ: `[K, C]`, the variable itself. */
  matrix(): tf.Tensor2D {
    return (this.#relevances as tf.LayerVariable).read() as tf.Tensor2D;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), concepts: this.concepts, classes: this.classes };
  }
}
tf.serialization.registerClass(StaticRelevances);

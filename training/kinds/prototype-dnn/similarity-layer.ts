import * as tf from '@tensorflow/tfjs';

/** h of a PrototypeDNN as a layer, which holds the prototypes. */

interface PrototypeSimilarityConfig {
  readonly name?: string;
  /** m */
  readonly prototypes: number;
  readonly seed?: number;
}

/**
 * How near an input's code is to each prototype: `h_j = −max(0, ‖z − p_j‖²)`, `[N, D] → [N, m]`. The distance is
 * `‖z‖² − 2·z·p_j + ‖p_j‖²`, which a matrix product computes; float32 can make that a little negative, hence the
 * maximum. Prototypes start from U[0, 1), where the codes of a relu are.
 */
export class PrototypeSimilarity extends tf.layers.Layer {
  static className = 'PrototypeSimilarity';
  readonly prototypes: number;
  readonly #seed: number | undefined;
  #points: tf.LayerVariable | undefined;

  constructor({ prototypes, seed, ...rest }: PrototypeSimilarityConfig) {
    super(rest);
    this.prototypes = prototypes;
    this.#seed = seed;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const width = (inputShape as tf.Shape).at(-1) as number;
    const initializer = tf.initializers.randomUniform({
      minval: 0,
      maxval: 1,
      ...(this.#seed !== undefined && { seed: this.#seed }),
    });
    this.#points = this.addWeight('prototypes', [this.prototypes, width], 'float32', initializer);
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [(inputShape as tf.Shape)[0] ?? null, this.prototypes];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const z = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
    return tf.tidy(() => tf.neg(this.distances(z)));
  }

  /** The prototypes in the space of codes: `[m, D]`, the variable itself. */
  points(): tf.Tensor2D {
    return (this.#points as tf.LayerVariable).read() as tf.Tensor2D;
  }

  /** Squared distances of codes to the prototypes. @param z `[N, D]` @returns `[N, m]`, none negative */
  distances(z: tf.Tensor2D): tf.Tensor2D {
    const points = this.points();
    const products = tf.matMul(z, points, false, true);
    const own = tf.sum(tf.square(z), 1, true);
    const others = tf.sum(tf.square(points), 1);
    return tf.relu(tf.add(tf.sub(own, tf.mul(products, 2)), others));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), prototypes: this.prototypes };
  }
}
tf.serialization.registerClass(PrototypeSimilarity);

import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { FeatureScaling as Scaling } from '../datasets/dataset.ts';

/** Scaling as a layer: normalisation lives inside the graphs, so that no client can get it wrong. */

export type Direction = 'scale' | 'unscale';

interface FeatureScalingConfig {
  readonly name?: string;
  readonly direction: Direction;
  readonly features: readonly Scaling[];
}

/**
 * Between the units of the model contract and those of the networks, along the last axis: `scale` is
 * `(transform(x) − shift)·scale`, `unscale` its inverse. One entry serves for every feature, or each has its own.
 * `[N, …, F] → [N, …, F]`. Inside the graphs, so that no client can scale wrongly.
 */
export class FeatureScaling extends tf.layers.Layer {
  static className = 'FeatureScaling';
  readonly direction: Direction;
  readonly features: readonly Scaling[];

  constructor({ direction, features, ...rest }: FeatureScalingConfig) {
    super(rest);
    this.direction = direction;
    this.features = features;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    const width = (inputShape as tf.Shape).at(-1);
    if (this.features.length !== 1 && this.features.length !== width) {
      throw new SennError(
        'shape_mismatch',
        `${this.name}: ${this.features.length} features must match the last axis of [${(inputShape as tf.Shape).join(', ')}]`,
      );
    }
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
      const row = (of: (feature: Scaling) => number) => tf.tensor1d(this.features.map(of));
      const roots = this.features.some(({ transform }) => transform === 'sqrt');
      const [shift, scale, rooted] = [
        row((f) => f.shift),
        row((f) => f.scale),
        row((f) => Number(f.transform === 'sqrt')),
      ];
      const pick = (transform: (values: tf.Tensor) => tf.Tensor, plain: tf.Tensor) =>
        roots ? tf.add(tf.mul(rooted, transform(tf.relu(plain))), tf.mul(tf.sub(1, rooted), plain)) : plain;
      if (this.direction === 'scale') return tf.mul(tf.sub(pick(tf.sqrt, x), shift), scale);
      return pick(tf.square, tf.add(tf.div(x, scale), shift));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      direction: this.direction,
      features: this.features as unknown as tf.serialization.ConfigDictArray,
    };
  }
}
tf.serialization.registerClass(FeatureScaling);

import * as tf from '@tensorflow/tfjs';
import type * as tfl from '@tensorflow/tfjs-layers';
import { seededValues } from '../seeded-values.ts';

/** The weights of random models. */

/** Weights for which values keep their size from layer to layer, so that differences are those of rounding. */
export function drawWeights(model: tfl.LayersModel): void {
  for (const [i, weight] of model.weights.entries()) {
    const shape = weight.shape as number[];
    const size = shape.reduce((a, b) => a * b, 1);
    const fanIn = Math.max(size / (shape.at(-1) as number), 1);
    const scale = weight.originalName.endsWith('kernel') ? Math.sqrt(3 / fanIn) : 0.5;
    const values = seededValues(i + 1, size).map((value) => scale * value);
    const positive = weight.originalName.endsWith('variance');
    weight.write(tf.tensor(positive ? values.map((value) => 1 + value) : values, shape));
  }
}

import * as tf from '@tensorflow/tfjs';
import { applyToData as applyLayerToData } from './chain/run.ts';

/** How networks run, in training and in evaluation, and how their answers become logits. */

/** tfjs gives one output bare and several as a list. */
const listed = (output: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(output) ? output : [output]);

/**
 * Runs a LayersModel, on the tape. @param x an input that seldom needs a gradient
 * @param instead what a layer of one input gives in its own stead; nothing for a layer that runs as it is
 */
export function applyToData(
  model: tf.LayersModel,
  x: tf.Tensor,
  instead?: (layer: tf.layers.Layer, x: tf.Tensor) => tf.Tensor | undefined,
): tf.Tensor[] {
  const [input, ...layers] = model.layers as [tf.layers.Layer, ...tf.layers.Layer[]];
  const values = new Map([[input.name, x]]);
  for (const layer of layers) {
    const sources = layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers.map(({ name }) => name));
    const [first, ...others] = sources.map((name) => values.get(name)) as [tf.Tensor, ...tf.Tensor[]];
    const value =
      instead?.(layer, first) ??
      (sources[0] === input.name ? applyLayerToData(layer, first) : layer.apply([first, ...others]));
    values.set(layer.name, value as tf.Tensor);
  }
  return model.outputNames.map((name) => values.get(name) as tf.Tensor);
}

/** Every output of a LayersModel in evaluation, off the tape. */
export function predictOutputs(model: tf.LayersModel, x: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return listed(model.predictOnBatch(Array.isArray(x) && x.length === 1 ? (x[0] as tf.Tensor) : x));
}

/**
 * The sum aggregator: `f(x)_c = Σ_k θ[k,c]·h[k]`.
 * @param concepts `[N, K]`
 * @param relevances `[N, K, C]`
 * @returns `[N, C]`, logits
 */
export function aggregate(concepts: tf.Tensor2D, relevances: tf.Tensor3D): tf.Tensor2D {
  return tf.sum(tf.mul(tf.expandDims(concepts, 2), relevances), 1);
}

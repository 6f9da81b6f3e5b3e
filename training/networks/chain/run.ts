import type * as tf from '@tensorflow/tfjs';
import type { Chain, ChainLayerName } from './layers.ts';
import { type ChainStep, type Dropping, type Rule, rules } from './rules.ts';

/** Runs chains of layers, and single layers on data, by their rules. */

const ruleOf = (layer: tf.layers.Layer): Rule => rules[layer.getClassName() as ChainLayerName];

/** Whether the rule of a layer gives what the layer gives: one of another network may have its activation inside. */
const isLinear = (layer: tf.layers.Layer): boolean => layer.getConfig()['activation'] === 'linear';

/**
 * Runs a layer on data, which need no gradient. A layer of tfjs that has weights multiplies and adds in one operation,
 * whose gradient also computes that by the input, wanted or not; of an image it costs as much as all other gradients of
 * the layer. The rules here have an operation for each.
 */
export function applyToData(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  const ruled = layer.weights.length > 0 && isLinear(layer) && Object.hasOwn(rules, layer.getClassName());
  return !ruled ? (layer.apply(x) as tf.Tensor) : ruleOf(layer)(layer, x, undefined).output;
}

/** Runs a chain: the same numbers as `chain.apply`, with a pullback. */
export function runChain(chain: Chain, x: tf.Tensor, dropping: Dropping): ChainStep {
  const pullbacks: ChainStep['pullback'][] = [];
  let output = x;
  for (const layer of chain.layers.slice(1)) {
    const step = ruleOf(layer)(layer, output, dropping);
    output = step.output;
    pullbacks.push(step.pullback);
  }
  return {
    output,
    pullback: (cotangent, inputs) => pullbacks.reduceRight((value, pullback) => pullback(value, inputs), cotangent),
  };
}

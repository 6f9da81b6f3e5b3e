import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.ts';
import { applyToData as applyLayerToData, type ChainStep, runChain } from './chain.ts';
import type { Networks } from './index.ts';

/** tfjs gives one output bare and several as a list. */
const listed = (output: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(output) ? output : [output]);

/** Runs a LayersModel, on the tape. @param x an input that needs no gradient */
function applyToData(model: tf.LayersModel, x: tf.Tensor): tf.Tensor[] {
  const [input, ...layers] = model.layers as [tf.layers.Layer, ...tf.layers.Layer[]];
  const values = new Map([[input.name, x]]);
  for (const layer of layers) {
    const sources = layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers.map(({ name }) => name));
    const [first, ...others] = sources.map((name) => values.get(name)) as [tf.Tensor, ...tf.Tensor[]];
    const value = sources[0] === input.name ? applyLayerToData(layer, first) : layer.apply([first, ...others]);
    values.set(layer.name, value as tf.Tensor);
  }
  return model.outputNames.map((name) => values.get(name) as tf.Tensor);
}

/** Every output of a LayersModel in evaluation, off the tape. */
export function predictOutputs(model: tf.LayersModel, x: tf.Tensor): tf.Tensor[] {
  return listed(model.predictOnBatch(x));
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

export interface Encoding {
  /** `[N, K]`; of a variational conceptizer the posterior mean μ */
  readonly mean: tf.Tensor2D;
  /** `[N, K]`, of a variational conceptizer */
  readonly logVariance: tf.Tensor2D | undefined;
  /** `[N, K]`, h: in training a sample of the posterior where there is one, else its mean */
  readonly concepts: tf.Tensor2D;
  /** `[N, …]` */
  readonly reconstruction: tf.Tensor;
}

export interface ForwardPass extends Encoding {
  /** `[N, K, C]`, θ */
  readonly relevances: tf.Tensor3D;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
  /** `[D·n, K, C] → [D·n, …]`: cotangents of θ, taken back to the first n inputs. */
  readonly pullback: ChainStep['pullback'];
}

/** Conceptizer and decoder alone. @param random makes it a pass of training: h is sampled, μ + ε·exp(½ log σ²) */
export function encode(
  { conceptizer, decoder }: Omit<Networks, 'parameterizer'>,
  x: tf.Tensor,
  random?: RandomStream,
): Encoding {
  const [mean, logVariance] = applyToData(conceptizer, x) as [tf.Tensor2D, tf.Tensor2D | undefined];
  const sample = (logVariances: tf.Tensor2D, { seed }: RandomStream): tf.Tensor2D => {
    const noise = tf.randomNormal(mean.shape, 0, 1, 'float32', seed());
    return tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariances, 0.5))));
  };
  const concepts = logVariance === undefined || random === undefined ? mean : sample(logVariance, random);
  const reconstruction = decoder.apply(concepts) as tf.Tensor;
  return { mean, logVariance, concepts, reconstruction };
}

/**
 * One pass through all three networks; without `random` it is one of evaluation: h = μ, nothing is dropped.
 * @param x `[N, …]`, in the networks' units
 */
export function forwardPass(networks: Networks, x: tf.Tensor, random?: RandomStream): ForwardPass {
  const encoding = encode(networks, x, random);
  const { output, pullback } = runChain(networks.parameterizer, x, random);
  const relevances = output as tf.Tensor3D;
  return { ...encoding, relevances, logits: aggregate(encoding.concepts, relevances), pullback };
}

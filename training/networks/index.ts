import * as tf from '@tensorflow/tfjs';
import type { Config } from '../config.ts';
import type { RandomStream } from '../random.ts';
import { convolutionalVae, type ImageShape } from './conceptizer.ts';
import { convolutionalParameterizer } from './parameterizer.ts';

/** The three networks of a DiSENN, as tfjs LayersModels; the names are those of the model contract. */
export interface Networks {
  /** `[N, H, W, C] → [[N, K] concepts, [N, K] log variance]` */
  readonly conceptizer: tf.LayersModel;
  /** `[N, H, W, C] → [N, K, classes]` */
  readonly parameterizer: tf.LayersModel;
  /** `[N, K] → [N, H, W, C]` */
  readonly decoder: tf.LayersModel;
}

export function createNetworks(config: Config, shape: ImageShape, classes: number, random: RandomStream): Networks {
  const { encoder, decoder } = convolutionalVae(shape, config.conceptizer, random);
  const parameterizer = convolutionalParameterizer(
    shape,
    config.conceptizer.concepts,
    classes,
    config.parameterizer,
    random,
  );
  return { conceptizer: encoder, parameterizer, decoder };
}

/** Every weight that training changes. */
export function trainableVariables({ conceptizer, parameterizer, decoder }: Networks): tf.Variable[] {
  return [conceptizer, parameterizer, decoder].flatMap((model) =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
}

/** Runs a LayersModel on tensors, on the tape. @param training whether dropout and the like are active */
export function applyModel(model: tf.LayersModel, x: tf.Tensor, training: boolean): tf.Tensor[] {
  const output = model.apply(x, { training }) as tf.Tensor | tf.Tensor[];
  return Array.isArray(output) ? output : [output];
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

export interface ForwardPass {
  /** `[N, K]`, posterior mean μ */
  readonly mean: tf.Tensor2D;
  /** `[N, K]` */
  readonly logVariance: tf.Tensor2D;
  /** `[N, K]`, h: a sample of the posterior in training, else its mean */
  readonly concepts: tf.Tensor2D;
  /** `[N, K, C]`, θ */
  readonly relevances: tf.Tensor3D;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
  /** `[N, H, W, C]` */
  readonly reconstruction: tf.Tensor4D;
}

/** What makes a forward pass one of training. */
export interface TrainingPass {
  /** `[N, K]`, standard normal: h = μ + noise·exp(½ log σ²), the reparameterisation trick. */
  readonly noise: tf.Tensor2D;
}

/**
 * One pass through all three networks; without `training` it is one of evaluation: h = μ, and nothing is random.
 * @param x `[N, H, W, C]`
 */
export function forwardPass(networks: Networks, x: tf.Tensor4D, training?: TrainingPass): ForwardPass {
  const apply = (model: tf.LayersModel, input: tf.Tensor) => applyModel(model, input, training !== undefined);
  const [mean, logVariance] = apply(networks.conceptizer, x) as [tf.Tensor2D, tf.Tensor2D];
  const concepts =
    training === undefined
      ? mean
      : (tf.add(mean, tf.mul(training.noise, tf.exp(tf.mul(logVariance, 0.5)))) as tf.Tensor2D);
  const [relevances] = apply(networks.parameterizer, x) as [tf.Tensor3D];
  const [reconstruction] = apply(networks.decoder, concepts) as [tf.Tensor4D];
  return { mean, logVariance, concepts, relevances, logits: aggregate(concepts, relevances), reconstruction };
}

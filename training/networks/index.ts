import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import type { FeatureScaling as Scaling } from '../datasets/dataset.ts';
import type { Conceptizer } from './conceptizers/conceptizer.ts';
import { createConceptizer } from './conceptizers/index.ts';
import { type Direction, FeatureScaling } from './feature-scaling.ts';
import { initialWeights } from './initial-weights.ts';
import { createParameterizer } from './parameterizer.ts';

/** The three networks, as tfjs LayersModels; the names are those of the model contract. Images are `[N, H, W, C]`. */
export interface Networks {
  /** `[N, …] → [N, K] concepts`, of a variational one `[[N, K] concepts, [N, K] log variance]` */
  readonly conceptizer: tf.LayersModel;
  /** `[N, …] → [N, K, classes]`: one chain of layers */
  readonly parameterizer: tf.LayersModel;
  /** `[N, K] → [N, …]` */
  readonly decoder: tf.LayersModel;
}

/** What the networks are made for. */
export interface Task {
  readonly input: Manifest['input'];
  readonly classes: number;
  /** How the input is scaled before the networks see it: an entry for each feature, or one for all. */
  readonly scaling?: readonly Scaling[] | undefined;
}

/** Shape of one input as the networks take it: `[H, W, C]` or `[features]`. */
export function networkShape(input: Manifest['input']): number[] {
  return input.kind === 'image' ? [input.height, input.width, input.channels] : [input.features.length];
}

/** How the input is scaled: as the data set says, or by the configuration's normalisation. @throws invalid_config */
export function scalingOf(
  config: Config,
  dataset: { readonly scaling?: readonly Scaling[] },
): readonly Scaling[] | undefined {
  const { normalization, conceptizer } = config;
  if (normalization !== undefined && dataset.scaling !== undefined) {
    throw new SennError(
      'invalid_config',
      `normalization: the data set ${(config.data as { name: string }).name} scales its features itself`,
    );
  }
  const scaling =
    normalization === undefined
      ? dataset.scaling
      : [{ transform: 'linear' as const, shift: normalization.mean, scale: 1 / normalization.deviation }];
  if (scaling !== undefined && conceptizer.kind !== 'identity' && conceptizer.reconstruction === 'bernoulli') {
    throw new SennError(
      'invalid_config',
      'conceptizer.reconstruction: "bernoulli" needs inputs in [0, 1]; scaled ones need "squared"',
    );
  }
  return scaling;
}

/** `[N, F]` with one more column, which is constant: `[N, F + 1]`. */
function withConstant(name: string, value: number, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const constant = tf.layers.dense({
    name: `${name}_constant`,
    units: 1,
    kernelInitializer: 'zeros',
    biasInitializer: tf.initializers.constant({ value }),
    trainable: false,
  });
  return tf.layers.concatenate({ name }).apply([x, constant.apply(x) as tf.SymbolicTensor]) as tf.SymbolicTensor;
}

/** `[N, F + 1] → [N, F]`: all columns but the last. */
function withoutLast(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const columns = x.shape[1] as number;
  const layer = tf.layers.dense({ name, units: columns - 1, useBias: false, trainable: false });
  const output = layer.apply(x) as tf.SymbolicTensor;
  tf.tidy(() => layer.setWeights([tf.eye(columns, columns - 1)]));
  return output;
}

/** The log variance that stands for none at all: e⁻²⁰. */
const NO_VARIANCE = -20;

/** h with a last concept that is always 1, so that its relevances are the bias of the logits. */
function withBias({ input, encode, logVariance, latent, decoded }: Conceptizer): Conceptizer {
  const whole = tf.input({ shape: [(latent.shape[1] as number) + 1], name: 'latent_bias' });
  const decoder = tf.model({ inputs: latent, outputs: decoded });
  return {
    input,
    encode: withConstant('concepts_bias', 1, encode),
    ...(logVariance && { logVariance: withConstant('log_variance_bias', NO_VARIANCE, logVariance) }),
    latent: whole,
    decoded: decoder.layers
      .slice(1)
      .reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, withoutLast('latent', whole)),
  };
}

/** The networks, in their own units: what comes in is scaled already. @throws invalid_config */
export function createNetworks(config: Config, { input, classes }: Task, random: RandomStream): Networks {
  const shape = networkShape(input);
  const initial = initialWeights(config.initializer, random);
  const plain = createConceptizer(config.conceptizer, shape, initial);
  const conceptizer = config.aggregator.bias ? withBias(plain) : plain;
  const { encode, logVariance } = conceptizer;
  return {
    conceptizer: tf.model({
      name: 'conceptizer',
      inputs: conceptizer.input,
      outputs: logVariance === undefined ? encode : [encode, logVariance],
    }),
    parameterizer: createParameterizer(config.parameterizer, shape, encode.shape[1] as number, classes, initial),
    decoder: tf.model({ name: 'decoder', inputs: conceptizer.latent, outputs: conceptizer.decoded }),
  };
}

/**
 * The same networks in the units of the model contract: what comes in is scaled by a layer, and what the decoder makes
 * is scaled back. They share their weights with those they are made from.
 */
export function inContractUnits(networks: Networks, { input, scaling }: Task): Networks {
  if (scaling === undefined) return networks;
  const layer = (direction: Direction, name: string) => new FeatureScaling({ name, direction, features: scaling });
  const scaledInput = (name: string, model: tf.LayersModel) => {
    const inputs = tf.input({ shape: networkShape(input), name: `${name}_input` });
    const outputs = model.apply(layer('scale', `${name}_scaling`).apply(inputs)) as tf.SymbolicTensor;
    return tf.model({ name, inputs, outputs });
  };
  const latent = tf.input({ shape: networks.decoder.inputs[0]?.shape.slice(1) as number[], name: 'decoder_latent' });
  const decoded = layer('unscale', 'decoder_unscaling').apply(networks.decoder.apply(latent) as tf.SymbolicTensor);
  return {
    conceptizer: scaledInput('conceptizer', networks.conceptizer),
    parameterizer: scaledInput('parameterizer', networks.parameterizer),
    decoder: tf.model({ name: 'decoder', inputs: latent, outputs: decoded as tf.SymbolicTensor }),
  };
}

/** Number of concepts K, with the constant one where there is one. */
export function conceptCount({ decoder }: Networks): number {
  return decoder.inputs[0]?.shape[1] as number;
}

/** Every weight that training changes, of some of the networks. */
export function trainableVariables(models: readonly tf.LayersModel[]): tf.Variable[] {
  return models.flatMap((model) => model.trainableWeights.map((weight) => weight.read() as tf.Variable));
}

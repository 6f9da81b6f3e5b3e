import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import type { ConceptizerConfig } from '../../config/config.ts';
import type { InitialWeights } from '../initial-weights.ts';
import { autoencoder } from './autoencoder.ts';
import type { Conceptizer, ImageShape } from './conceptizer.ts';
import { convolutionalVae, denseVae } from './variational.ts';

/** @throws invalid_config */
function imageShape(shape: readonly number[], kind: string): ImageShape {
  if (shape.length !== 3) {
    throw new SennError('invalid_config', `conceptizer.kind: "${kind}" needs images; the data are tables`);
  }
  return shape as unknown as ImageShape;
}

/** h(x) = x: the features are the concepts, and decoding does nothing. */
function identity(shape: readonly number[]): Conceptizer {
  if (shape.length !== 1) {
    throw new SennError('invalid_config', 'conceptizer.kind: "identity" needs a table; the data are images');
  }
  const pass = (name: string, input: tf.SymbolicTensor) =>
    tf.layers.activation({ name, activation: 'linear' }).apply(input) as tf.SymbolicTensor;
  const input = tf.input({ shape: [...shape], name: 'input' });
  const latent = tf.input({ shape: [...shape], name: 'latent' });
  return { input, encode: pass('concepts', input), latent, decoded: pass('decoder_output', latent) };
}

type Of<Kind> = Extract<ConceptizerConfig, { kind: Kind }>;

/** The table of conceptizers; shapes are without the batch, images as `[height, width, channels]`. */
const conceptizers = {
  identity: (_config, shape) => identity(shape),
  convolutional: (config, shape, initial) => autoencoder(imageShape(shape, config.kind), config, initial),
  vae: (config, shape, initial) => denseVae(shape, config, initial),
  'convolutional-vae': (config, shape, initial) => convolutionalVae(imageShape(shape, config.kind), config, initial),
} satisfies {
  [Kind in ConceptizerConfig['kind']]: (
    config: Of<Kind>,
    shape: readonly number[],
    initial: InitialWeights,
  ) => Conceptizer;
};

/** @throws invalid_config where the conceptizer does not fit the input */
export function createConceptizer(
  config: ConceptizerConfig,
  shape: readonly number[],
  initial: InitialWeights,
): Conceptizer {
  const create = conceptizers[config.kind] as (
    config: ConceptizerConfig,
    shape: readonly number[],
    initial: InitialWeights,
  ) => Conceptizer;
  return create(config, shape, initial);
}

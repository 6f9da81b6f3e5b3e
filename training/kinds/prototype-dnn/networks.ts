import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import type { RandomStream } from '../../../core/random.ts';
import { initialWeights } from '../../networks/initial-weights.ts';
import { activationLayer, applyLayers, convolutionLayers } from '../../networks/layers.ts';
import { type ImageShape, networkShape, type Task } from '../../networks/networks.ts';
import type { PrototypeDnnConfig } from './config.ts';
import { StaticRelevances } from './relevances-layer.ts';
import { PrototypeSimilarity } from './similarity-layer.ts';

/**
 * The networks of a PrototypeDNN (Li, Liu, Chen, Rudin 2018): an encoder makes a code z of an image; the concepts are
 * its similarities to m prototypes, points in the space of codes; θ is one matrix. The decoder makes images of codes,
 * so of prototypes too; it takes z and not h, and is no graph of the contract.
 */
export type PrototypeNetworks = {
  /** `[N, H, W, C] → [N, m]`, the similarities; its last layer but one gives the code */
  readonly conceptizer: tf.LayersModel;
  /** `[N, H, W, C] → [N, m, classes]`, the same for every input */
  readonly parameterizer: tf.LayersModel;
  /** `[N, D] → [N, H, W, C]`, in [0, 1] */
  readonly latentDecoder: tf.LayersModel;
};

const KERNEL = 3;
const STRIDE = 2;

/** A side after a convolution of stride 2 that pads, and its inverse needs to know which of two sides it had. */
const halved = (side: number): number => Math.ceil(side / STRIDE);

/** Sides of the image and of every feature map, the image's first. */
function sidesOf([height, width]: ImageShape, convolutions: number): [height: number, width: number][] {
  const sides: [number, number][] = [[height, width]];
  for (let i = 0; i < convolutions; i++) {
    const [h, w] = sides[i] as [number, number];
    sides.push([halved(h), halved(w)]);
  }
  return sides;
}

/** Takes off the first row or column where doubling a side made it one too long: 4 → 8, which was 7. */
function fitted(name: string, from: number[], to: readonly [number, number]): tf.layers.Layer[] {
  const [top, left] = [0, 1].map((axis) => STRIDE * (from[axis] as number) - (to[axis] as number)) as [number, number];
  if (top === 0 && left === 0) return [];
  return [
    tf.layers.cropping2D({
      name,
      cropping: [
        [top, 0],
        [left, 0],
      ],
    }),
  ];
}

/** @throws invalid_config where the data are tables */
export function createPrototypeNetworks(
  { channels, prototypes, initializer }: PrototypeDnnConfig,
  { input, classes }: Task,
  random: RandomStream,
): PrototypeNetworks {
  const shape = networkShape(input);
  if (shape.length !== 3)
    throw new SennError('invalid_config', 'kind: "prototype-dnn" needs images; the data are tables');
  const image = shape as unknown as ImageShape;
  const initial = initialWeights(initializer, random);

  const pixels = tf.input({ shape, name: 'image' });
  const convolution = { kernel: KERNEL, stride: STRIDE, padding: 'same', pool: 1, dropout: 0 } as const;
  const code = applyLayers(pixels, [
    ...channels.flatMap((filters, i) =>
      convolutionLayers(`encoder_conv${i + 1}`, { ...convolution, filters }, 'relu', initial),
    ),
    tf.layers.flatten({ name: 'code' }),
  ]);
  const similarity = new PrototypeSimilarity({ name: 'concepts', prototypes, seed: random.seed() });
  const relevances = new StaticRelevances({ name: 'relevances', concepts: prototypes, classes, seed: random.seed() });
  const same = tf.input({ shape, name: 'parameterizer_input' });

  const sides = sidesOf(image, channels.length);
  const latent = tf.input({ shape: [code.shape[1] as number], name: 'latent' });
  const upwards = [image[2], ...channels.slice(0, -1)].reverse();
  const layers = upwards.flatMap((filters, i) => {
    const name = `decoder_conv${i + 1}`;
    const act = i === upwards.length - 1 ? 'sigmoid' : 'relu';
    const [from, to] = [sides.at(-1 - i), sides.at(-2 - i)] as [[number, number], [number, number]];
    return [
      tf.layers.conv2dTranspose({
        name,
        filters,
        kernelSize: KERNEL,
        strides: STRIDE,
        padding: 'same',
        kernelInitializer: initial(act === 'sigmoid' ? 'linear' : act),
      }),
      ...fitted(`${name}_crop`, from, to),
      ...activationLayer(name, act),
    ];
  });
  const maps = [...(sides.at(-1) as [number, number]), channels.at(-1) as number];
  const decoded = applyLayers(latent, [tf.layers.reshape({ name: 'decoder_maps', targetShape: maps }), ...layers]);
  return {
    conceptizer: tf.model({
      name: 'conceptizer',
      inputs: pixels,
      outputs: similarity.apply(code) as tf.SymbolicTensor,
    }),
    parameterizer: tf.model({
      name: 'parameterizer',
      inputs: same,
      outputs: relevances.apply(same) as tf.SymbolicTensor,
    }),
    latentDecoder: tf.model({ name: 'latent_decoder', inputs: latent, outputs: decoded }),
  };
}

/** The layer of the prototypes: the conceptizer's last. */
export function similarityOf({ conceptizer }: Pick<PrototypeNetworks, 'conceptizer'>): PrototypeSimilarity {
  return conceptizer.layers.at(-1) as PrototypeSimilarity;
}

/** The layer of θ: the parameterizer's last. */
export function relevancesOf({ parameterizer }: Pick<PrototypeNetworks, 'parameterizer'>): StaticRelevances {
  return parameterizer.layers.at(-1) as StaticRelevances;
}

import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { Centering } from '../../../training/networks/centering.ts';
import { FeatureScaling } from '../../../training/networks/feature-scaling.ts';
import { type Case, casesOf, chain, type Layer } from './case.ts';

/** Cases of normalisations, along every axis, and of rescaling. */

const { layers } = tfl;

/** tfjs 4.22 cycles through the statistics along the last axis, whichever axis was asked for (cpu and wasm). */
const alongOtherAxis = (shape: number[], axis: number): Case => ({
  name: `BatchNormalization over ${shape} along axis ${axis} is its definition`,
  model: () => chain(shape, layers.batchNormalization({ axis })),
  reference: ([x], model) => {
    const along = [1, ...shape].map((size, i, { length }) => (i === (axis + length) % length ? size : 1));
    const weights = model.layers
      .at(-1)
      ?.getWeights()
      .map((weight) => tf.reshape(weight, along));
    const [gamma, beta, mean, variance] = weights as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const normal = tf.div(tf.sub(x as tf.Tensor, mean), tf.sqrt(tf.add(variance, 1e-3)));
    return [tf.add(tf.mul(normal, gamma), beta)];
  },
});

const [linear, root] = [
  { transform: 'linear', shift: 0.3, scale: 2 },
  { transform: 'sqrt', shift: 0.2, scale: 0.5 },
] as const;
const neutral = { transform: 'linear', shift: 0, scale: 1 } as const;

const scalings = (['scale', 'unscale'] as const).flatMap((direction) => [
  { direction, features: [linear, linear, linear] },
  { direction, features: [linear, root, neutral] },
  { direction, features: [root, root, root] },
  { direction, features: [linear] },
  { direction, features: [root] },
]);
const scaling = (args: ConstructorParameters<typeof FeatureScaling>[0]) => new FeatureScaling(args) as Layer;

export const normalization: Case[] = [
  ...casesOf(
    'BatchNormalization',
    [
      { shape: [5], args: {} },
      { shape: [5], args: { center: false, scale: false } },
      { shape: [4, 3, 2], args: { epsilon: 0.01 } },
      { shape: [4, 3, 2], args: { axis: 3, scale: false } },
      { shape: [4, 3], args: { center: false } },
    ],
    ({ shape, args }) => chain(shape, layers.batchNormalization(args)),
  ),
  alongOtherAxis([4, 3], 1),
  alongOtherAxis([4, 3, 2], 1),
  alongOtherAxis([4, 3, 2], -2),
  ...casesOf(
    'LayerNormalization',
    [
      { shape: [5], args: {} },
      { shape: [5], args: { center: false, scale: false } },
      { shape: [4, 3], args: { center: false, epsilon: 0.01 } },
      { shape: [4, 3], args: { axis: 1 } },
      { shape: [4, 3, 2], args: {} },
      { shape: [4, 3, 2], args: { axis: [2, 3], scale: false } },
      { shape: [4, 3, 2], args: { axis: [1, 2, 3] } },
      { shape: [4, 3, 2], args: { axis: [-2, 1] } },
      { shape: [4, 3, 2], args: { axis: 2, center: false } },
      { shape: [4, 3, 2], args: { axis: [1, 3], scale: false } },
    ],
    ({ shape, args }) => chain(shape, layers.layerNormalization(args)),
  ),
  {
    name: 'LayerNormalization over a whole convolution needs no Transpose',
    model: () =>
      chain([6, 6, 3], layers.conv2d({ filters: 4, kernelSize: 3 }), layers.layerNormalization({ axis: [1, 2, 3] })),
    operators: ['Conv', 'LayerNormalization'],
  },
  ...casesOf(
    'Rescaling',
    [
      { scale: 1 / 255, offset: 0 },
      { scale: 2, offset: -1 },
      { scale: [1, 2, 3] as unknown as number, offset: 0.5 },
      { scale: 1, offset: 0 },
    ],
    (args) => chain([4, 5, 3], layers.rescaling(args) as Layer),
  ),
  {
    name: 'Rescaling by a factor is one Mul',
    model: () => chain([4, 5, 3], layers.rescaling({ scale: 1 / 255, offset: 0 }) as Layer),
    operators: ['Mul'],
  },
  ...casesOf('Centering', [{ shape: [5] }, { shape: [4, 3] }, { shape: [4, 3, 2] }], ({ shape }) =>
    chain(shape, new Centering({}) as Layer),
  ),
  ...casesOf('FeatureScaling of rows', scalings, (args) => chain([3], scaling(args))),
  ...casesOf('FeatureScaling of images', scalings, (args) => chain([4, 5, 3], scaling(args))),
  {
    name: 'FeatureScaling with linear features is Sub and Mul',
    model: () => chain([3], scaling({ direction: 'scale', features: [linear, neutral, linear] })),
    operators: ['Sub', 'Mul'],
  },
];

import * as tfl from '@tensorflow/tfjs-layers';
import { type ActivationName, activations as names } from '../../../export/emitters/activation/activate.ts';
import { type Case, casesOf, chain, dataFormats } from './case.ts';

/** Cases of layers of vectors: Dense, every activation, reshaping. */

const { layers } = tfl;

/** Activations, in their layer and in layers that have one. */
export const activations: Case[] = (Object.keys(names) as ActivationName[]).flatMap((name) => {
  const activation = name as 'relu';
  return [
    { name: `Activation ${name}`, model: () => chain([5], layers.activation({ activation })) },
    { name: `Dense with ${name}`, model: () => chain([6], layers.dense({ units: 4, activation })) },
    {
      name: `Conv2D with ${name}`,
      model: () => chain([6, 5, 3], layers.conv2d({ filters: 4, kernelSize: 2, activation })),
    },
  ];
});

export const rectifiers: Case[] = [
  ...casesOf('ReLU', [{}, { maxValue: 0.7 }], (args) => chain([5], layers.reLU(args))),
  ...casesOf('LeakyReLU', [{}, { alpha: 0.05 }], (args) => chain([5], layers.leakyReLU(args))),
  { name: 'ELU', model: () => chain([5], layers.elu()) },
  ...casesOf('ThresholdedReLU', [{}, { theta: 0.4 }], (args) => chain([5], layers.thresholdedReLU(args))),
  ...casesOf('PReLU', [{}, { sharedAxes: [1, 2] }, { sharedAxes: [3] }], (args) =>
    chain([4, 3, 2], layers.prelu(args)),
  ),
  ...casesOf('PReLU after a convolution', [{}, { sharedAxes: [1, 2] }, { sharedAxes: 2 }], (args) =>
    chain([6, 5, 3], layers.conv2d({ filters: 4, kernelSize: 2 }), layers.prelu(args)),
  ),
  { name: 'PReLU of vectors', model: () => chain([5], layers.prelu({})) },
  { name: 'Softmax of vectors', model: () => chain([5], layers.softmax()), operators: ['Softmax'] },
  ...casesOf('Softmax', [{ axis: -1 }, { axis: [3] }, { axis: [1, 2] }, { axis: [-1, 1] }], (args) =>
    chain([4, 3, 2], layers.softmax(args as { axis: number })),
  ),
];

export const shapes: Case[] = [
  { name: 'Dense of vectors', model: () => chain([6], layers.dense({ units: 4 })), operators: ['Gemm'] },
  { name: 'Dense without bias', model: () => chain([6], layers.dense({ units: 4, useBias: false })) },
  { name: 'Dense of sequences', model: () => chain([3, 6], layers.dense({ units: 4, activation: 'tanh' })) },
  { name: 'Dense of sequences, without bias', model: () => chain([3, 6], layers.dense({ units: 4, useBias: false })) },
  { name: 'Dense of images', model: () => chain([3, 2, 6], layers.dense({ units: 4 })) },
  ...casesOf(
    'Flatten',
    dataFormats.map((dataFormat) => ({ dataFormat })),
    (args) => chain(args.dataFormat === 'channelsLast' ? [9, 8, 3] : [3, 9, 8], layers.flatten(args)),
  ),
  ...casesOf(
    'Flatten after a convolution',
    dataFormats.map((dataFormat) => ({ dataFormat })),
    (args) =>
      chain(
        args.dataFormat === 'channelsLast' ? [9, 8, 3] : [3, 9, 8],
        layers.conv2d({ filters: 4, kernelSize: 3, ...args }),
        layers.flatten(args),
      ),
  ),
  ...casesOf(
    'Reshape',
    [
      { from: [12], to: [3, 4] },
      { from: [3, 4, 2], to: [24] },
      { from: [3, 4, 2], to: [2, 3, 4] },
      { from: [3, 4, 1], to: [4, 3, 1] },
      { from: [3, 4, 2], to: [8, -1] },
      { from: [6], to: [6] },
    ],
    ({ from, to }) => chain(from, layers.reshape({ targetShape: to })),
  ),
  ...casesOf(
    'Permute',
    [
      { shape: [3, 4], dims: [2, 1] },
      { shape: [3, 4], dims: [1, 2] },
      { shape: [3, 1], dims: [2, 1] },
      { shape: [3, 4, 2], dims: [3, 1, 2] },
      { shape: [3, 4, 2], dims: [2, 3, 1] },
      { shape: [3, 4, 2], dims: [3, 2, 1] },
      { shape: [3, 4, 5, 2], dims: [4, 1, 3, 2] },
    ],
    ({ shape, dims }) => chain(shape, layers.permute({ dims })),
  ),
  {
    name: 'Permute of a convolution to channels first moves nothing',
    model: () =>
      chain(
        [6, 5, 3],
        layers.conv2d({ filters: 4, kernelSize: 2 }),
        layers.permute({ dims: [3, 1, 2] }),
        layers.flatten(),
      ),
    operators: ['Conv', 'Reshape'],
  },
  {
    name: 'Permute of channels first to channels last moves nothing before a convolution',
    model: () =>
      chain(
        [3 * 6 * 5],
        layers.reshape({ targetShape: [3, 6, 5] }),
        layers.permute({ dims: [2, 3, 1] }),
        layers.conv2d({ filters: 4, kernelSize: 2 }),
      ),
    operators: ['Reshape', 'Conv'],
  },
  ...casesOf('RepeatVector', [{ n: 4 }, { n: 1 }], (args) => chain([3], layers.repeatVector(args))),
  {
    name: 'layers that are not there in evaluation',
    model: () =>
      chain(
        [4, 3],
        layers.dropout({ rate: 0.5, noiseShape: [1, 4, 1] }),
        layers.spatialDropout1d({ rate: 0.5 }),
        layers.gaussianDropout({ rate: 0.5 }),
        layers.gaussianNoise({ stddev: 1 }),
        layers.alphaDropout({ rate: 0.5 }),
        layers.dense({ units: 2, useBias: false }),
      ),
    operators: ['MatMul'],
  },
];

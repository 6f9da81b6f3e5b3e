import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, casesOf, chain, dataFormats, paddings, pairs } from './case.ts';

/** Cases of pooling: windows of every rank, padding and data format, and pooling over all of space. */

const { layers } = tfl;

const formats = pairs(
  paddings.map((padding) => ({ padding })),
  dataFormats.map((dataFormat) => ({ dataFormat })),
);
type Format = Pick<(typeof formats)[number], 'dataFormat'>;
const image = ({ dataFormat }: Format) => (dataFormat === 'channelsLast' ? [9, 8, 3] : [3, 9, 8]);
const volume = ({ dataFormat }: Format) => (dataFormat === 'channelsLast' ? [5, 4, 6, 2] : [2, 5, 4, 6]);

const windows1D = pairs(
  [{ poolSize: 2 }, { poolSize: 3, strides: 2 }, { poolSize: 3, strides: 1 }, { poolSize: 2, strides: 3 }],
  paddings.map((padding) => ({ padding })),
);
const windows2D = pairs(
  [
    { poolSize: 2, strides: 2 },
    { poolSize: 3, strides: 2 },
    { poolSize: 3, strides: 1 },
    { poolSize: [3, 2] as [number, number], strides: [2, 3] as [number, number] },
    { poolSize: 2, strides: 3 },
  ],
  formats,
);
const windows3D = pairs(
  [
    { poolSize: 2 },
    { poolSize: [2, 3, 1] as [number, number, number], strides: [1, 2, 1] as [number, number, number] },
    { poolSize: 3, strides: 2 },
  ],
  formats,
);

export const pooling: Case[] = [
  ...casesOf('MaxPooling1D', windows1D, (args) => chain([9, 3], layers.maxPooling1d(args))),
  ...casesOf('AveragePooling1D', windows1D, (args) => chain([9, 3], layers.averagePooling1d(args))),
  ...casesOf('MaxPooling2D', windows2D, (args) => chain(image(args), layers.maxPooling2d(args))),
  ...casesOf('AveragePooling2D', windows2D, (args) => chain(image(args), layers.averagePooling2d(args))),
  ...casesOf('MaxPooling3D', windows3D, (args) => chain(volume(args), layers.maxPooling3d(args))),
  ...casesOf('AveragePooling3D', windows3D, (args) => chain(volume(args), layers.averagePooling3d(args))),
  {
    name: 'MaxPooling3D with a stride larger than the window is its definition: tfjs pads by less than nothing',
    model: () => chain([5, 4, 6, 2], layers.maxPooling3d({ poolSize: 1, strides: 2, padding: 'same' })),
    reference: ([x]) => [tf.maxPool3d(x as tf.Tensor5D, 1, 2, 'valid')],
  },
  { name: 'GlobalMaxPooling1D', model: () => chain([5, 3], layers.globalMaxPooling1d()), operators: ['ReduceMax'] },
  {
    name: 'GlobalAveragePooling1D',
    model: () => chain([5, 3], layers.globalAveragePooling1d()),
    operators: ['ReduceMean'],
  },
  ...casesOf(
    'GlobalMaxPooling2D',
    dataFormats.map((dataFormat) => ({ dataFormat })),
    (args) => chain(image(args), layers.globalMaxPooling2d(args)),
  ),
  ...casesOf(
    'GlobalAveragePooling2D',
    dataFormats.map((dataFormat) => ({ dataFormat })),
    (args) => chain(image(args), layers.globalAveragePooling2d(args)),
  ),
  {
    name: 'GlobalAveragePooling2D of a convolution needs no Transpose',
    model: () => chain([8, 8, 3], layers.conv2d({ filters: 4, kernelSize: 3 }), layers.globalAveragePooling2d({})),
    operators: ['Conv', 'ReduceMean'],
  },
];

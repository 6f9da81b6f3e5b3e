import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, casesOf, chain, dataFormats, paddings, pairs } from './case.ts';

/** Cases of convolutions: every rank, padding, data format, stride and dilation, transposed ones too. */

const { layers } = tfl;

interface Size {
  readonly kernelSize: number | number[];
  readonly strides?: number | number[];
  readonly dilationRate?: number | number[];
}

/** Every padding and data format, one padding with a bias. */
const formats = paddings.flatMap((padding) =>
  dataFormats.map((dataFormat) => ({ padding, dataFormat, useBias: padding === 'valid' })),
);
type Format = (typeof formats)[number];
type DataFormat = Pick<Format, 'dataFormat'>;

const image = ({ dataFormat }: DataFormat) => (dataFormat === 'channelsLast' ? [9, 8, 3] : [3, 9, 8]);
const volume = ({ dataFormat }: DataFormat) => (dataFormat === 'channelsLast' ? [5, 4, 6, 2] : [2, 5, 4, 6]);

/** A case for each size and format. */
const sized = (name: string, sizes: readonly Size[], model: (args: Size & Format) => tfl.LayersModel): Case[] =>
  casesOf(name, pairs(sizes, formats), model);

type Args<K extends 'conv1d' | 'conv2d' | 'conv3d' | 'conv3dTranspose' | 'depthwiseConv2d' | 'separableConv2d'> =
  Parameters<(typeof layers)[K]>[0];

const one = { kernelSize: 1, strides: 1 };
const windows: Size[] = [
  { kernelSize: 3, strides: 1 },
  { kernelSize: 3, strides: 2 },
  { kernelSize: 4, strides: 2 },
  { kernelSize: [2, 5], strides: [3, 2] },
];
const dilated: Size[] = [
  { kernelSize: 3, dilationRate: 2 },
  { kernelSize: [2, 3], dilationRate: [3, 2] },
];
const volumes: Size[] = [{ kernelSize: 2 }, { kernelSize: [3, 1, 2], strides: [2, 1, 2] }];

/** tfjs pads a volume by less than nothing where the stride is larger than the kernel: `valid` is the definition. */
const sparse = { kernelSize: 1, strides: 2 };

export const convolutions: Case[] = [
  ...sized(
    'Conv1D',
    [one, { kernelSize: 3, strides: 2 }, { kernelSize: 2, dilationRate: 3 }],
    ({ dataFormat, ...args }) =>
      chain([9, 3], layers.conv1d({ ...args, filters: 4, activation: 'tanh' } as Args<'conv1d'>)),
  ),
  ...sized('Conv2D', [one, ...windows, ...dilated], (args) =>
    chain(image(args), layers.conv2d({ ...args, filters: 4 } as Args<'conv2d'>)),
  ),
  ...sized('Conv3D', [...volumes, { kernelSize: 2, dilationRate: 2 }], (args) =>
    chain(volume(args), layers.conv3d({ ...args, filters: 3, activation: 'relu' } as Args<'conv3d'>)),
  ),
  {
    name: 'Conv3D with a stride larger than the kernel is its definition',
    model: () => chain([5, 4, 6, 2], layers.conv3d({ ...sparse, filters: 3, padding: 'same' })),
    reference: ([x], model) => {
      const [kernel, bias] = model.getWeights() as [tf.Tensor5D, tf.Tensor1D];
      return [tf.add(tf.conv3d(x as tf.Tensor5D, kernel, 2, 'valid'), bias)];
    },
  },
];

export const transposedConvolutions: Case[] = [
  ...sized('Conv2DTranspose', [one, ...windows, { kernelSize: 5, strides: 3 }, { kernelSize: 2, strides: 3 }], (args) =>
    chain(image(args), layers.conv2dTranspose({ ...args, filters: 4 } as Args<'conv2d'>)),
  ),
  ...sized('Conv3DTranspose', volumes, (args) =>
    chain(volume(args), layers.conv3dTranspose({ ...args, filters: 3 } as Args<'conv3dTranspose'>)),
  ),
  {
    name: 'Conv3DTranspose with a stride larger than the kernel is its definition',
    model: () => chain([3, 2, 4, 2], layers.conv3dTranspose({ ...sparse, filters: 3, padding: 'same' })),
    reference: ([x], model) => {
      const [kernel, bias] = model.getWeights() as [tf.Tensor5D, tf.Tensor1D];
      const shape: [number, number, number, number, number] = [x?.shape[0] as number, 6, 4, 8, 3];
      return [tf.add(tf.conv3dTranspose(x as tf.Tensor5D, kernel, shape, 2, 'valid'), bias)];
    },
  },
];

export const channelwiseConvolutions: Case[] = [
  ...sized('DepthwiseConv2D', [one, ...windows], (args) =>
    chain(image(args), layers.depthwiseConv2d({ ...args, activation: 'sigmoid' } as Args<'depthwiseConv2d'>)),
  ),
  ...sized('DepthwiseConv2D with two filters a channel', windows.slice(1), (args) =>
    chain(image(args), layers.depthwiseConv2d({ ...args, depthMultiplier: 2 } as Args<'depthwiseConv2d'>)),
  ),
  {
    name: 'DepthwiseConv2D with a kernel as large as the image',
    model: () => chain([4, 4, 6], layers.depthwiseConv2d({ kernelSize: 4, padding: 'valid' }), layers.flatten()),
    operators: ['Conv', 'Reshape'],
  },
  {
    name: 'DepthwiseConv2D, whose dilation tfjs ignores',
    model: () => chain([9, 8, 3], layers.depthwiseConv2d({ kernelSize: 2, dilationRate: 2 })),
  },
  ...casesOf(
    'SeparableConv2D',
    pairs(
      [...windows.slice(0, 3), ...dilated],
      paddings.flatMap((padding) =>
        dataFormats.map((dataFormat) => ({ padding, dataFormat, useBias: dataFormat === 'channelsLast' })),
      ),
    ),
    (args) => {
      const own = { ...args, filters: 4, depthMultiplier: 2, activation: 'softmax' };
      return chain(image(args), layers.separableConv2d(own as Args<'separableConv2d'>));
    },
  ),
  {
    name: 'SeparableConv2D with channels first and a bias is its definition: tfjs adds the bias along the height',
    model: () => chain([3, 9, 8], layers.separableConv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' })),
    reference: ([x], model) => {
      const [depthwise, pointwise, bias] = model.getWeights() as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
      const last = tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]) as tf.Tensor4D;
      const y = tf.add(tf.separableConv2d(last, depthwise, pointwise, 1, 'valid'), bias);
      return [tf.transpose(y, [0, 3, 1, 2])];
    },
  },
];

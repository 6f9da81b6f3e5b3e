import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, casesOf, chain, dataFormats, type Layer, pairs, same } from './case.ts';

/** Cases of what changes the size of images: padding, cropping, up-sampling, resizing. */

const { layers } = tfl;

const formats = dataFormats.map((dataFormat) => ({ dataFormat }));
const image = ({ dataFormat }: (typeof formats)[number]) => (dataFormat === 'channelsLast' ? [7, 6, 3] : [3, 7, 6]);
type Borders = [[number, number], [number, number]];

/** tfjs 4.22 hands Resizing its input in an array, which it does not open: the layer's definition. */
const resizing = (
  height: number,
  width: number,
  interpolation: 'bilinear' | 'nearest',
  alignCorners: boolean,
): Case => ({
  name: `Resizing to ${height}×${width}, ${interpolation}, ${alignCorners ? 'corners stay' : 'corners move'}`,
  model: () =>
    chain([7, 6, 3], layers.resizing({ height, width, interpolation, cropToAspectRatio: !alignCorners }) as Layer),
  reference: ([x]) => {
    const resize = interpolation === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    return [resize(x as tf.Tensor4D, [height, width], alignCorners)];
  },
});

/** Sizes for which a factor of single precision leads to another pixel. */
const nearestOf = (from: number, to: number, alignCorners: boolean): Case => ({
  name: `Resizing of ${from} to ${to}, nearest, ${alignCorners ? 'corners stay' : 'corners move'}`,
  model: () =>
    chain(
      [from, 3, 2],
      layers.resizing({
        height: to,
        width: from,
        interpolation: 'nearest',
        cropToAspectRatio: !alignCorners,
      }) as Layer,
    ),
  reference: ([x]) => [tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [to, from], alignCorners)],
});

const centerCrop = ([height, width]: readonly number[]) =>
  chain([7, 6, 3], same([7, 6, 3]), layers.centerCrop({ height: height as number, width: width as number }) as Layer);

export const images: Case[] = [
  ...casesOf(
    'UpSampling2D',
    pairs(
      formats,
      (['nearest', 'bilinear'] as const).flatMap((interpolation) =>
        [
          [2, 3],
          [1, 4],
        ].map((size) => ({ interpolation, size: size as [number, number] })),
      ),
    ),
    (args) => chain(image(args), layers.upSampling2d(args)),
  ),
  ...[true, false].flatMap((alignCorners) =>
    (['bilinear', 'nearest'] as const).flatMap((interpolation) => [
      resizing(4, 9, interpolation, alignCorners),
      resizing(14, 3, interpolation, alignCorners),
      resizing(1, 6, interpolation, alignCorners),
    ]),
  ),
  nearestOf(14, 2, false),
  nearestOf(20, 12, false),
  nearestOf(16, 23, true),
  {
    name: 'Resizing to the nearest pixels needs no Transpose',
    model: () => chain([4, 6, 3], layers.resizing({ height: 2, width: 6, interpolation: 'nearest' }) as Layer),
    reference: ([x]) => [tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2, 6], true)],
    operators: ['Gather'],
  },
  ...casesOf(
    'Cropping2D',
    pairs(
      formats,
      [
        [
          [1, 2],
          [0, 3],
        ],
        [
          [0, 0],
          [1, 1],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ].map((cropping) => ({ cropping: cropping as Borders })),
    ),
    (args) => chain(image(args), layers.cropping2D(args)),
  ),
  ...casesOf(
    'ZeroPadding2D',
    pairs(
      formats,
      [
        [
          [1, 2],
          [0, 3],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ].map((padding) => ({ padding: padding as Borders })),
    ),
    (args) => chain(image(args), layers.zeroPadding2d(args)),
  ),
  ...[layers.maxPooling2d, layers.averagePooling2d].flatMap((pool) =>
    [1, 2].map((poolSize): Case => {
      const pooling = pool({ poolSize });
      return {
        name: `ZeroPadding2D before ${pooling.getClassName()} of ${poolSize}: zeros count, also among negative values`,
        model: () => chain([4, 4, 2], layers.zeroPadding2d({ padding: 1 }), pool({ poolSize })),
        draw: (seed, length) => Float32Array.from({ length }, (_, i) => -1 - ((seed + i) % 7)),
        operators: ['Pad', pooling.getClassName().startsWith('Max') ? 'MaxPool' : 'AveragePool'],
      };
    }),
  ),
  {
    name: 'Cropping2D and ZeroPadding2D keep the layout of a convolution',
    model: () =>
      chain(
        [8, 8, 3],
        layers.zeroPadding2d({ padding: 1 }),
        layers.conv2d({ filters: 4, kernelSize: 3 }),
        layers.cropping2D({ cropping: 2 }),
      ),
    operators: ['Conv', 'Slice'],
  },
  {
    name: 'ZeroPadding2D on one side, as MobileNet has it before its strides, goes into the convolutions',
    model: () =>
      chain(
        [8, 8, 3],
        layers.zeroPadding2d({
          padding: [
            [0, 1],
            [0, 1],
          ],
        }),
        layers.depthwiseConv2d({ kernelSize: 3, strides: 2 }),
        layers.zeroPadding2d({ padding: 1 }),
        layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      ),
    operators: ['Conv', 'Conv'],
  },
  ...casesOf(
    'CenterCrop to',
    [
      [5, 2],
      [4, 4],
      [7, 6],
      [6, 5],
      [1, 1],
      [7, 1],
    ],
    centerCrop,
  ),
  ...[
    [9, 8],
    [3, 9],
    [8, 3],
  ].map(
    (size): Case => ({
      name: `CenterCrop to ${size}, which is larger: resized, as tfjs would if it opened the array that it gets`,
      model: () => centerCrop(size),
      reference: ([x]) => [tf.image.resizeBilinear(x as tf.Tensor4D, size as [number, number])],
    }),
  ),
];

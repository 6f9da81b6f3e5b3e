import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ActivationName, activations } from '../../export/activations.ts';
import { expectParity, operators, startBackend } from './parity.ts';

beforeAll(() => startBackend('cpu'));

type Layer = tfl.layers.Layer;
const chain = (shape: number[], ...layers: Layer[]): tfl.LayersModel => {
  const input = tfl.input({ shape });
  const output = layers.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
  return tfl.model({ inputs: input, outputs: output });
};

const paddings = ['valid', 'same'] as const;
const dataFormats = ['channelsLast', 'channelsFirst'] as const;
const imageShape = { channelsLast: [9, 8, 3], channelsFirst: [3, 9, 8] };

describe.each(dataFormats)('image layers, %s', (dataFormat) => {
  const shape = imageShape[dataFormat];

  describe.each(paddings)('padding %s', (padding) => {
    it.each([
      { kernelSize: 1, strides: 1, dilationRate: 1 },
      { kernelSize: 3, strides: 1, dilationRate: 1 },
      { kernelSize: 3, strides: 2, dilationRate: 1 },
      { kernelSize: 4, strides: 2, dilationRate: 1 },
      { kernelSize: 2, strides: 3, dilationRate: 1 },
      { kernelSize: [2, 5], strides: [3, 2], dilationRate: 1 },
      { kernelSize: 3, strides: 1, dilationRate: 2 },
      { kernelSize: [2, 3], strides: 1, dilationRate: [3, 2] },
    ])('Conv2D %j', async (size) => {
      const dilationRate = size.dilationRate as number;
      for (const useBias of [true, false]) {
        await expectParity(
          chain(shape, tfl.layers.conv2d({ ...size, dilationRate, filters: 4, padding, dataFormat, useBias })),
        );
      }
    });

    it.each([
      { kernelSize: 1, strides: 1 },
      { kernelSize: 3, strides: 1 },
      { kernelSize: 3, strides: 2 },
      { kernelSize: 4, strides: 2 },
      { kernelSize: 2, strides: 2 },
      { kernelSize: 5, strides: 3 },
      { kernelSize: 2, strides: 3 },
      { kernelSize: [4, 3], strides: [2, 3] },
    ])('Conv2DTranspose %j', async (size) => {
      for (const useBias of [true, false]) {
        await expectParity(
          chain(shape, tfl.layers.conv2dTranspose({ ...size, filters: 4, padding, dataFormat, useBias })),
        );
      }
    });

    it.each([
      { poolSize: 2, strides: 2 },
      { poolSize: 3, strides: 2 },
      { poolSize: 3, strides: 1 },
      { poolSize: [3, 2] as [number, number], strides: [2, 3] as [number, number] },
      { poolSize: 2, strides: 3 },
    ])('MaxPooling2D and AveragePooling2D %j', async (size) => {
      await expectParity(chain(shape, tfl.layers.maxPooling2d({ ...size, padding, dataFormat })));
      await expectParity(chain(shape, tfl.layers.averagePooling2d({ ...size, padding, dataFormat })));
    });
  });

  it.each(['nearest', 'bilinear'] as const)('UpSampling2D, %s', async (interpolation) => {
    await expectParity(chain(shape, tfl.layers.upSampling2d({ size: [2, 3], dataFormat, interpolation })));
  });

  it('Flatten', async () => {
    await expectParity(chain(shape, tfl.layers.flatten({ dataFormat })));
    await expectParity(
      chain(shape, tfl.layers.conv2d({ filters: 4, kernelSize: 3, dataFormat }), tfl.layers.flatten({ dataFormat })),
    );
  });
});

describe('activations', () => {
  const names = Object.keys(activations) as ActivationName[];
  it.each(names)('%s', async (activation) => {
    const identifier = activation as 'relu';
    await expectParity(chain([5], tfl.layers.activation({ activation: identifier })));
    await expectParity(chain([6], tfl.layers.dense({ units: 4, activation: identifier })));
    await expectParity(chain([6, 5, 3], tfl.layers.conv2d({ filters: 4, kernelSize: 2, activation: identifier })));
  });
});

describe('Dense', () => {
  it('of two axes is one Gemm', async () => {
    expect(operators(await expectParity(chain([6], tfl.layers.dense({ units: 4 }))))).toEqual(['Gemm']);
    await expectParity(chain([6], tfl.layers.dense({ units: 4, useBias: false })));
  });
  it('works on the last of three and four axes', async () => {
    await expectParity(chain([3, 6], tfl.layers.dense({ units: 4, activation: 'tanh' })));
    await expectParity(chain([3, 6], tfl.layers.dense({ units: 4, useBias: false })));
    await expectParity(chain([3, 2, 6], tfl.layers.dense({ units: 4 })));
  });
});

describe('Reshape', () => {
  it.each([
    { from: [12], to: [3, 4] },
    { from: [3, 4, 2], to: [24] },
    { from: [3, 4, 2], to: [2, 3, 4] },
    { from: [3, 4, 1], to: [4, 3, 1] },
    { from: [3, 4, 2], to: [8, -1] },
    { from: [6], to: [6] },
  ])('$from to $to', async ({ from, to }) => {
    await expectParity(chain(from, tfl.layers.reshape({ targetShape: to })));
  });
});

describe('BatchNormalization', () => {
  it.each([
    { shape: [5], args: {} },
    { shape: [5], args: { center: false, scale: false } },
    { shape: [4, 3, 2], args: { epsilon: 0.01 } },
    { shape: [4, 3, 2], args: { axis: 3, scale: false } },
    { shape: [4, 3], args: { center: false } },
  ])('over $shape with $args', async ({ shape, args }) => {
    await expectParity(chain(shape, tfl.layers.batchNormalization(args)));
  });

  // tfjs 4.22 cycles through the statistics along the last axis, whichever axis was asked for (cpu and wasm).
  it.each([
    { shape: [4, 3], axis: 1 },
    { shape: [4, 3, 2], axis: 1 },
    { shape: [4, 3, 2], axis: -2 },
  ])('over $shape along axis $axis is its definition', async ({ shape, axis }) => {
    const layer = tfl.layers.batchNormalization({ axis });
    await expectParity(chain(shape, layer), {}, ([x]) => {
      const along = [1, ...shape].map((size, i, { length }) => (i === (axis + length) % length ? size : 1));
      const [gamma, beta, mean, variance] = layer.getWeights().map((weight) => tf.reshape(weight, along)) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const normal = tf.div(tf.sub(x as tf.Tensor, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return [tf.add(tf.mul(normal, gamma), beta)];
    });
  });
});

describe('merging layers', () => {
  const merge = (layer: Layer, ...shapes: number[][]): tfl.LayersModel => {
    const inputs = shapes.map((shape) => tfl.input({ shape }));
    return tfl.model({ inputs, outputs: layer.apply(inputs) as tfl.SymbolicTensor });
  };
  it.each([
    [[[5], [5]]],
    [[[5], [5], [5]]],
    [
      [
        [4, 3, 2],
        [4, 3, 2],
      ],
    ],
    [
      [
        [4, 3, 2],
        [4, 1, 2],
      ],
    ],
    [[[4, 3, 2], [2]]],
    [
      [
        [4, 3],
        [2, 4, 3],
      ],
    ],
  ])('Add of %j', async (shapes) => {
    await expectParity(merge(tfl.layers.add(), ...shapes));
  });
  it.each([
    { axis: -1, shapes: [[2], [3]] },
    { axis: 1, shapes: [[2], [3]] },
    {
      axis: -1,
      shapes: [
        [4, 3, 2],
        [4, 3, 1],
      ],
    },
    {
      axis: 1,
      shapes: [
        [4, 3, 2],
        [5, 3, 2],
      ],
    },
    {
      axis: 2,
      shapes: [
        [4, 3, 2],
        [4, 1, 2],
      ],
    },
    {
      axis: 2,
      shapes: [
        [4, 3],
        [4, 2],
      ],
    },
  ])('Concatenate along $axis of $shapes', async ({ axis, shapes }) => {
    await expectParity(merge(tfl.layers.concatenate({ axis }), ...shapes));
  });
});

it('Dropout is not there in evaluation', async () => {
  const model = chain([6], tfl.layers.dropout({ rate: 0.5 }), tfl.layers.dense({ units: 2 }));
  expect(operators(await expectParity(model))).toEqual(['Gemm']);
});

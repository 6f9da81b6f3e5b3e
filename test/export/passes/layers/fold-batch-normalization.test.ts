import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx, readOnnx } from '../../../../export/index.ts';
import { chain, type Layer, type Symbolic } from '../../cases/case.ts';
import { expectParity, operators, randomizeWeights, startBackend } from '../../parity.ts';

beforeAll(() => startBackend('cpu'));

const { layers } = tfl;
const folded = { foldBatchNormalization: true };
const normalization = () => layers.batchNormalization({ name: 'norm' });
const count = (names: readonly string[]) => names.filter((name) => name === 'BatchNormalization').length;
const image = [6, 5, 3];

describe('BatchNormalization', () => {
  it.each<[string, number[], (useBias: boolean) => Layer]>([
    ['Conv1D', [7, 3], (useBias) => layers.conv1d({ filters: 4, kernelSize: 2, useBias })],
    ['Conv2D', image, (useBias) => layers.conv2d({ filters: 4, kernelSize: 2, useBias })],
    ['Conv2DTranspose', image, (useBias) => layers.conv2dTranspose({ filters: 4, kernelSize: 2, useBias })],
    ['DepthwiseConv2D', image, (useBias) => layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, useBias })],
    ['SeparableConv2D', image, (useBias) => layers.separableConv2d({ filters: 4, kernelSize: 2, useBias })],
    ['Dense', [5], (useBias) => layers.dense({ units: 4, useBias })],
    ['Dense over images', image, (useBias) => layers.dense({ units: 4, useBias })],
  ])('goes into the %s before it, which has a bias or none', async (_, shape, layer) => {
    for (const useBias of [false, true]) {
      const model = () => chain(shape, layer(useBias), normalization(), layers.reLU());
      const { initializer, node } = (await expectParity(model(), folded)).graph;
      expect(initializer.filter(({ name }) => name.startsWith('norm/'))).toEqual([]);
      const plain = await expectParity(model());
      expect(node.length).toBeLessThan(plain.graph.node.length);
    }
  });

  it('keeps its own constants where neither is scaled or centred, and its name where it is an output', async () => {
    const bare = layers.batchNormalization({ name: 'norm', scale: false, center: false, epsilon: 0.5 });
    const { graph } = await expectParity(chain(image, layers.conv2d({ filters: 4, kernelSize: 2 }), bare), folded);
    expect(graph.output[0]?.name).toBe('norm');
    expect(graph.node.map(({ opType }) => opType)).toEqual(['Conv']);
  });

  it('with channels first, folds along them (by the definition, which tfjs misses)', () => {
    const dataFormat = 'channelsFirst';
    const model = chain(
      [3, 6, 5],
      layers.conv2d({ filters: 4, kernelSize: 2, dataFormat }),
      layers.batchNormalization({ axis: 1 }),
    );
    randomizeWeights(model, 2);
    expect(readOnnx(layersModelToOnnx(model, folded)).nodes.map(({ opType }) => opType)).toEqual(['Conv']);
  });

  it('goes into a layer of a model inside the model', async () => {
    const inner = chain(image, layers.conv2d({ filters: 4, kernelSize: 2 }), normalization());
    const model = chain(image, inner as unknown as Layer, layers.flatten());
    expect(count(operators(await expectParity(model, folded)))).toBe(0);
  });

  it('leaves the model as it was', () => {
    const model = chain(image, layers.conv2d({ filters: 4, kernelSize: 2 }), normalization());
    randomizeWeights(model, 3);
    const before = layersModelToOnnx(model);
    const tensors = tf.memory().numTensors;
    layersModelToOnnx(model, folded);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(Buffer.compare(before, layersModelToOnnx(model))).toBe(0);
  });
});

describe('BatchNormalization stays', () => {
  const conv = (more = {}) => layers.conv2d({ filters: 3, kernelSize: 1, name: 'conv', ...more });

  it.each<[string, () => tfl.LayersModel]>([
    ['behind an activation', () => chain(image, conv({ activation: 'relu' }), normalization())],
    ['behind a layer that is no convolution', () => chain(image, layers.reLU(), normalization())],
    ['behind the input', () => chain(image, normalization())],
    [
      'where something else reads the convolution',
      () => {
        const inputs = tfl.input({ shape: image });
        const x = conv().apply(inputs) as Symbolic;
        return tfl.model({
          inputs,
          outputs: layers.add().apply([x, normalization().apply(x) as Symbolic]) as Symbolic,
        });
      },
    ],
    [
      'where the convolution is an output',
      () => {
        const inputs = tfl.input({ shape: image });
        const x = conv().apply(inputs) as Symbolic;
        return tfl.model({ inputs, outputs: [x, normalization().apply(x) as Symbolic] });
      },
    ],
    [
      'where the convolution is shared',
      () => {
        const inputs = tfl.input({ shape: image });
        const shared = conv();
        const x = normalization().apply(shared.apply(inputs)) as Symbolic;
        return tfl.model({ inputs, outputs: shared.apply(x) as Symbolic });
      },
    ],
    [
      'where it is shared itself',
      () => {
        const inputs = tfl.input({ shape: image });
        const shared = normalization();
        const x = shared.apply(conv().apply(inputs)) as Symbolic;
        return tfl.model({ inputs, outputs: shared.apply(x) as Symbolic });
      },
    ],
  ])('%s', async (_, model) => {
    expect(count(operators(await expectParity(model(), folded)))).toBeGreaterThan(0);
  });

  it('along another axis than the channels', () => {
    const model = chain(image, conv(), layers.batchNormalization({ axis: 1 }));
    randomizeWeights(model, 4);
    const read = readOnnx(layersModelToOnnx(model, folded));
    expect(read.nodes.map(({ opType }) => opType)).toContain('Mul');
  });
});

import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx, readOnnx } from '../../../export/index.ts';
import { chain, type Layer, type Symbolic } from '../cases/case.ts';
import { expectParity, startBackend } from '../parity.ts';

/** Which inputs and outputs are images, whose layout is chosen, and what the file says of it. */

beforeAll(() => startBackend('cpu'));

const { layers } = tfl;
const shape = [6, 5, 3];
const swapped = ['batch', 3, 6, 5];
const asTheyAre = ['batch', 6, 5, 3];
const named = { inputNames: ['x'], outputNames: ['y'] };

const read: Readonly<Record<string, [() => Layer[], boolean]>> = {
  'by a convolution': [() => [layers.conv2d({ filters: 2, kernelSize: 2 })], true],
  'by a convolution, behind layers that keep its axes': [
    () => [
      layers.dropout({ rate: 0.5 }),
      layers.layerNormalization(),
      layers.dense({ units: 3 }),
      layers.reLU(),
      layers.conv2d({ filters: 2, kernelSize: 2 }),
    ],
    true,
  ],
  'by a model of images': [() => [chain(shape, layers.maxPooling2d({ poolSize: 2 })) as unknown as Layer], true],
  'as pixels': [() => [layers.flatten(), layers.dense({ units: 2 })], true],
  'as a film without colours': [() => [layers.timeDistributed({ layer: layers.flatten() })], false],
  'as texts of embedded words': [() => [layers.layerNormalization(), layers.dense({ units: 2 })], false],
  'by a model of texts': [() => [chain(shape, layers.dense({ units: 2 })) as unknown as Layer], false],
};

describe('an input with three axes', () => {
  it.each(Object.entries(read))('is taken for what it is read as: %s', async (_, [make, image]) => {
    const model = chain(shape, ...make());
    for (const imageLayout of ['NCHW', 'NHWC'] as const) {
      const { inputs, metadata } = readOnnx(layersModelToOnnx(model, { ...named, imageLayout }));
      expect(inputs[0]?.dims).toEqual(image && imageLayout === 'NCHW' ? swapped : asTheyAre);
      expect(metadata['layout.x']).toBe(image ? imageLayout : undefined);
      await expectParity(model, { imageLayout });
    }
  });
});

describe('an output with three axes', () => {
  it.each<[string, () => tfl.LayersModel, boolean]>([
    ['a convolution', () => chain(shape, layers.conv2d({ filters: 3, kernelSize: 1 })), true],
    ['a Reshape of a vector', () => chain([90], layers.reshape({ targetShape: shape })), true],
    ['embedded words', () => chain([6, 5], layers.embedding({ inputDim: 4, outputDim: 3 })), false],
    ['steps', () => chain([6, 5, 2], layers.timeDistributed({ layer: layers.dense({ units: 3 }) })), false],
  ])('is taken for what made it: %s', (_, create, image) => {
    const { outputs, metadata } = readOnnx(layersModelToOnnx(create(), named));
    expect(outputs[0]?.dims).toEqual(image ? swapped : asTheyAre);
    expect(metadata['layout.y']).toBe(image ? 'NCHW' : undefined);
  });

  it('keeps its order in a model with channels first, and is told to be NCHW', () => {
    const model = chain(shape, layers.conv2d({ filters: 6, kernelSize: 1, dataFormat: 'channelsFirst' }));
    for (const imageLayout of ['NCHW', 'NHWC'] as const) {
      const { inputs, metadata } = readOnnx(layersModelToOnnx(model, { ...named, imageLayout }));
      expect(inputs[0]?.dims).toEqual(asTheyAre);
      expect(metadata).toMatchObject({ 'layout.x': 'NCHW', 'layout.y': 'NCHW' });
    }
  });

  it("may be beside another that is no image, and metadata of one's own come first", () => {
    const x = tfl.input({ shape });
    const image = layers.conv2d({ filters: 3, kernelSize: 1 }).apply(x) as Symbolic;
    const rows = layers.timeDistributed({ layer: layers.dense({ units: 3 }) }).apply(x) as Symbolic;
    const options = { inputNames: ['x'], outputNames: ['image', 'rows'], metadata: { 'layout.x': 'mine' } };
    const { outputs, metadata } = readOnnx(
      layersModelToOnnx(tfl.model({ inputs: x, outputs: [image, rows] }), options),
    );
    expect(outputs.map(({ dims }) => dims)).toEqual([swapped, asTheyAre]);
    expect(metadata).toEqual({ 'layout.x': 'mine', 'layout.image': 'NCHW' });
  });
});

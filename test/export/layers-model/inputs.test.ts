import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx, readOnnx } from '../../../export/index.ts';
import type { InputShape } from '../../../export/layers-model/inputs.ts';
import { chain, merge } from '../cases/case.ts';
import { expectParity, startBackend } from '../parity.ts';

/** Sizes that a model leaves open, by name or as they are given. */

beforeAll(() => startBackend('cpu'));

const { layers } = tfl;
const open = null as never;
const strided = () => chain([open, open, 3], layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }));
const same = () => chain([open, open, 3], layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }));

describe('open sizes', () => {
  it.each([
    [
      [open, open, 3],
      ['batch', 'height', 'width', 3],
    ],
    [
      [open, 5],
      ['batch', 'time', 5],
    ],
    [[open], ['batch', 'time']],
    [
      [open, 4, 4, 1],
      ['batch', 'depth', 4, 4, 1],
    ],
  ])('of %j have the names of what they measure', (shape, dims) => {
    const [input] = readOnnx(layersModelToOnnx(chain(shape, layers.reLU()), { imageLayout: 'NHWC' })).inputs;
    expect(input?.dims).toEqual(dims);
  });

  it('of several inputs are not the same', () => {
    const model = merge(layers.add(), [open, 3], [open, 3]);
    const [a, b] = readOnnx(layersModelToOnnx(model)).inputs;
    expect(a?.dims?.[1]).toMatch(/^\w+_time$/);
    expect(b?.dims?.[1]).not.toEqual(a?.dims?.[1]);
  });

  it('go with what layers make of them', () => {
    const model = chain(
      [open, open, 3],
      layers.zeroPadding2d({ padding: 1 }),
      layers.conv2d({ filters: 2, kernelSize: 3 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.upSampling2d({ size: [2, 2] }),
    );
    const { values, outputs } = readOnnx(layersModelToOnnx(model));
    expect(values.map(({ dims }) => dims?.[2])).toEqual(['height', 'floor((height-2)/2)+1']);
    expect(outputs[0]?.dims).toEqual(['batch', 2, 'floor((height-2)/2)*2+2', 'floor((width-2)/2)*2+2']);
  });

  it('may be given, all of them or some, where a layer needs numbers', async () => {
    await expectParity(strided(), { inputShapes: [[9, 8, 3]] }, { open: [[9, 8]] });
    const [input] = readOnnx(layersModelToOnnx(same(), { inputShapes: [[9, null, 3]] })).inputs;
    expect(input?.dims).toEqual(['batch', 3, 9, 'width']);
  });

  it.each<[string, readonly InputShape[], RegExp]>([
    ['another number of inputs', [], /^export: 0 input shapes must match the model's 1 inputs$/],
    ['another number of axes', [[4, 3]], /^export: input shape \[4, 3\] of "\w+" must be \[\?, \?, 3\], with positive/],
    ['another known size', [[4, 4, 1]], /^export: input shape \[4, 4, 1\] of "\w+" must be \[\?, \?, 3\]/],
    ['a size of nothing', [[0, 4, 3]], /^export: input shape \[0, 4, 3\]/],
    ['half a pixel', [[1.5, 4, 3]], /^export: input shape \[1\.5, 4, 3\]/],
  ])('are not given as %s', (_, inputShapes, message) => {
    expect(() => layersModelToOnnx(same(), { inputShapes })).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringMatching(message) }),
    );
  });
});

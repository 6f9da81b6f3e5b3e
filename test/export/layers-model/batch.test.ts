import * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx, readOnnx } from '../../../export/index.ts';
import { resNet20 } from '../architectures/convolutional.ts';
import { chain } from '../cases/case.ts';
import { randomizeWeights, startBackend } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';

beforeAll(() => startBackend('cpu'));

const { layers } = tfl;
const recurrent = () =>
  chain([4, 3], layers.timeDistributed({ layer: layers.dense({ units: 5 }) }), layers.gru({ units: 2 }));

describe('a batch of fixed size', () => {
  it.each([
    ['a residual network', resNet20],
    ['steps that are folded into the batch', recurrent],
  ])('stands in every shape, and gives what the same rows of any batch give: %s', async (_, create) => {
    const model = create();
    randomizeWeights(model, 6);
    const [fixed, dynamic] = [layersModelToOnnx(model, { batch: 3 }), layersModelToOnnx(model)];
    const { inputs, outputs, values } = readOnnx(fixed);
    for (const { dims = [] } of [...inputs, ...outputs, ...values]) {
      expect(dims.every((size) => typeof size === 'number')).toBe(true);
    }
    const dims = inputs[0]?.dims as number[];
    expect(dims[0]).toBe(3);
    const data = seededValues(
      7,
      dims.reduce((a, b) => a * b),
    );
    const results = await Promise.all(
      [fixed, dynamic].map(async (bytes) => {
        const session = await ort.InferenceSession.create(bytes);
        const result = await session.run({ [inputs[0]?.name as string]: new ort.Tensor('float32', data, dims) });
        return Object.values(result)[0]?.data;
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });

  it.each([0, -1, 1.5, Number.NaN])('must not be %d', (batch) => {
    expect(() => layersModelToOnnx(recurrent(), { batch })).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: `export: batch ${batch} must be a positive whole number, or "dynamic"`,
      }),
    );
  });
});

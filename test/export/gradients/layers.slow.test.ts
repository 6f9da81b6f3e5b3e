import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelProtoOf } from '../../../export/convert/model-proto.ts';
import { layersModelToOnnx } from '../../../export/index.ts';
import { type Case, chain } from '../cases/case.ts';
import { groups } from '../cases/index.ts';
import { operators, randomizeWeights, startBackend } from '../parity.ts';
import { expectGradient, gradientValues } from './vjp.ts';

/** The gradient of every layer that can be exported, in the tiny models that hold the layers themselves. */

beforeAll(() => startBackend('cpu'));

/**
 * Where TensorFlow.js 4.22 has a gradient and it is wrong, so that finite differences say what is right: that of the
 * nearest pixels, in every sample of a batch but the first; of the mean of windows that reach into the padding, which it
 * counts; of the largest in a volume, by windows that overlap; NaN of a root that is not taken; a pad of less than nothing.
 */
const wrongInTfjs: readonly RegExp[] = [
  /nearest/,
  /AveragePooling.*same/,
  /MaxPooling3D/,
  /FeatureScaling.*sqrt/,
  /stride larger than the kernel/,
];

/** ONNX's recurrent operators have no rule, nor has the product of two directions. */
const without: readonly string[] = ['GRU', 'LSTM', 'ReduceProd', 'RNN'];
const refusal = /^gradient of (GRU|LSTM|ReduceProd|RNN) "[^"]+": the operator has no rule; those that have: Abs, Add, /;

/** Whole numbers have no gradient, and open sizes are below. */
const { elementTypes = [], openSizes = [], tokens = [], ...others } = groups;

async function check({ name, model: make, ...held }: Case): Promise<void> {
  const model = make();
  randomizeWeights(model, 1);
  if (operators(modelProtoOf(model, {})).some((opType) => without.includes(opType))) {
    expect(() => layersModelToOnnx(model, { gradients: true })).toThrow(refusal);
    return;
  }
  const differences = wrongInTfjs.some((pattern) => pattern.test(name));
  await expectGradient(model, {}, { ...held, differences, batches: [2], levels: ['disabled'] });
}

describe.each(Object.entries(others))('the gradients of %s', (_, cases) => {
  it.each(cases)('$name', check);
});

describe('the gradients of open sizes', () => {
  const known = ['Conv2D, valid, strides', 'Cropping2D', 'UpSampling2D, then strides that divide it'];

  it.each(known)('need a number, which the message asks for: %s', (name) => {
    const found = openSizes.find((one) => one.name.includes(`"${name}"`)) as Case;
    const refused = /^gradient of \w+ "[^"]+": must know the size "height" as a number; give .*: inputShapes$/;
    expect(() => layersModelToOnnx(found.model(), { gradients: true })).toThrow(refused);
  });

  it('are those of the model where they are told', async () => {
    const { model: make } = openSizes.find((one) => one.name.includes('Conv2D, valid, strides')) as Case;
    const model = make();
    randomizeWeights(model, 1);
    const inputShapes = model.inputs.map(({ shape }) => shape.slice(1).map((size) => size ?? 9));
    await expectGradient(model, { inputShapes }, { open: [[9, 9]], batches: [3] });
  });
});

describe('models of whole numbers', () => {
  it.each(tokens.filter(({ name }) => !name.startsWith('Masking')))(
    'of float32 have one of zeros: $name',
    async (one) => {
      const model = one.model();
      const [{ shape }, output] = [model.inputs[0] as tfl.SymbolicTensor, model.outputs[0] as tfl.SymbolicTensor];
      const sizes = shape.slice(1) as number[];
      const [input, cotangent] = [tf.ones([2, ...sizes]), tf.ones([2, ...(output.shape.slice(1) as number[])])];
      const [gradient] = await gradientValues(layersModelToOnnx(model, { gradients: true }), [input, cotangent]);
      expect(gradient).toEqual(Array(input.size).fill(0));
    },
  );

  it('have no gradient, and the message says so', () => {
    const { model } = elementTypes.find(({ name }) => name === 'Embedding of int32') as Case;
    expect(() => layersModelToOnnx(model(), { gradients: true })).toThrow(
      'gradient: there must be an input of float32',
    );
  });
});

describe('Masking', () => {
  it('passes on the gradient of what it keeps', async () => {
    const model = chain([3, 2], tfl.layers.masking({ maskValue: 0 }));
    const input = tf.tensor([1, 2, 0, 0, 0, 3], [1, 3, 2]);
    const cotangent = tf.tensor([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    const [gradient] = await gradientValues(layersModelToOnnx(model, { gradients: true }), [input, cotangent]);
    expect(gradient).toEqual([1, 2, 0, 0, 5, 6]);
  });
});

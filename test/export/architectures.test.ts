import type * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx, readOnnx } from '../../export/index.ts';
import * as convolutional from './architectures/convolutional.ts';
import * as sequences from './architectures/sequences.ts';
import { tokens } from './cases/case.ts';
import { expectParity, operators, startBackend } from './parity.ts';

beforeAll(() => startBackend('cpu'));

interface Architecture {
  readonly model: () => tfl.LayersModel;
  /** Nodes by operator, images as tfjs has them, BatchNormalization folded. */
  readonly nodes: Readonly<Record<string, number>>;
  /** BatchNormalization layers, each of which is a node where it is not folded. */
  readonly normalizations?: number;
  readonly draw?: (seed: number, length: number) => Float32Array;
}

const words = tokens(sequences.VOCABULARY);

const architectures: Readonly<Record<string, Architecture>> = {
  'LeNet-5': {
    model: convolutional.leNet,
    nodes: { AveragePool: 2, Conv: 2, Gemm: 3, Reshape: 2, Softmax: 1, Tanh: 4, Transpose: 1 },
  },
  'ResNet-20': {
    model: convolutional.resNet20,
    nodes: { Add: 9, Conv: 21, Gemm: 1, ReduceMean: 1, Relu: 19, Softmax: 1, Transpose: 1 },
    normalizations: 21,
  },
  'MobileNet v1': { model: convolutional.mobileNetV1, nodes: { Clip: 5, Conv: 5, Transpose: 2 }, normalizations: 5 },
  'MobileNet v2': {
    model: convolutional.mobileNetV2,
    nodes: { Add: 1, Clip: 5, Conv: 7, Transpose: 2 },
    normalizations: 7,
  },
  'U-Net': {
    model: convolutional.uNet,
    nodes: { Concat: 2, Conv: 11, ConvTranspose: 2, MaxPool: 2, Relu: 12, Softmax: 1, Transpose: 2 },
  },
  'GRU text classifier': {
    model: sequences.gruClassifier,
    nodes: { Cast: 1, GRU: 1, Gather: 1, Gemm: 1, Reshape: 1, Softmax: 1, Transpose: 2 },
    draw: words,
  },
  'LSTM text classifier': {
    model: sequences.lstmClassifier,
    nodes: { Cast: 1, Gather: 1, Gemm: 1, LSTM: 2, Softmax: 1, Squeeze: 2, Transpose: 1 },
    draw: words,
  },
  'MLP-Mixer block': {
    model: sequences.mixer,
    nodes: {
      Add: 8,
      Conv: 1,
      Div: 2,
      Erf: 2,
      Gemm: 1,
      LayerNormalization: 3,
      MatMul: 4,
      Mul: 4,
      ReduceMean: 1,
      Reshape: 1,
      Transpose: 7,
    },
  },
};

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe.each(Object.entries(architectures))('%s', (_, { model: create, nodes, normalizations = 0, ...draws }) => {
  it('does what tfjs does, in so many nodes', async () => {
    const model = create();
    const folded = { imageLayout: 'NHWC', foldBatchNormalization: true } as const;
    expect(counted(operators(await expectParity(model, folded, draws)))).toEqual(nodes);
    const plain = counted(operators(await expectParity(model, { imageLayout: 'NHWC', opset: 17 }, draws)));
    const normalized = normalizations === 0 ? {} : { BatchNormalization: normalizations };
    expect(plain).toEqual({ ...nodes, ...normalized });
  });

  it('has the same bytes twice, and every constant once', () => {
    const model = create();
    const options = { foldBatchNormalization: true };
    const bytes = layersModelToOnnx(model, options);
    expect(Buffer.compare(bytes, layersModelToOnnx(model, options))).toBe(0);
    const constants = readOnnx(bytes).initializers.map(({ type, dims, data }) => {
      expect(data.kind).toBe('inline');
      return `${type} ${dims.join()} ${data.kind === 'inline' ? Buffer.from(data.bytes).toString('base64') : ''}`;
    });
    expect(new Set(constants).size).toBe(constants.length);
  });
});

describe('layout', () => {
  const transposes = async (model: tfl.LayersModel, imageLayout: 'NCHW' | 'NHWC') =>
    operators(await expectParity(model, { imageLayout })).flatMap((name, i) => (name === 'Transpose' ? [i] : []));

  it.each([
    ['a residual block', convolutional.residual],
    ['MobileNet v2', convolutional.mobileNetV2],
    ['a U-Net', convolutional.uNet],
  ])('%s needs no Transpose, or one at each end where its images are those of tfjs', async (_, create) => {
    const model = create();
    expect(await transposes(model, 'NCHW')).toEqual([]);
    const nodes = operators(await expectParity(model, { imageLayout: 'NHWC' })).length;
    expect(await transposes(model, 'NHWC')).toEqual([0, nodes - 1]);
  });
});

import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx } from '../../../export/index.ts';
import { decodeModel, encodeModel } from '../../../export/onnx/schema.ts';
import { expectParity, operators, randomizeWeights, startBackend } from '../parity.ts';

beforeAll(() => startBackend('wasm'));

type Symbolic = tfl.SymbolicTensor;

/** The DiSENN encoder in small: two outputs on one trunk. */
function encoder(channels: number): tfl.LayersModel {
  const image = tfl.input({ shape: [12, 12, channels], name: 'image' });
  let x = image;
  for (const [i, filters] of [6, 8].entries()) {
    const layer = { name: `conv${i + 1}`, filters, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' };
    x = tfl.layers.conv2d(layer as Parameters<typeof tfl.layers.conv2d>[0]).apply(x) as Symbolic;
  }
  x = tfl.layers.flatten({ name: 'flatten' }).apply(x) as Symbolic;
  x = tfl.layers.dense({ name: 'hidden', units: 16, activation: 'relu' }).apply(x) as Symbolic;
  const heads = ['mean', 'variance'].map((name) => tfl.layers.dense({ name, units: 5 }).apply(x) as Symbolic);
  return tfl.model({ name: 'encoder', inputs: image, outputs: heads });
}

function decoder(): tfl.Sequential {
  return tfl.sequential({
    name: 'decoder',
    layers: [
      tfl.layers.dense({ name: 'dense', units: 9 * 8, inputShape: [5], activation: 'relu' }),
      tfl.layers.reshape({ name: 'reshape', targetShape: [3, 3, 8] }),
      tfl.layers.conv2dTranspose({ name: 'up1', filters: 6, kernelSize: 4, strides: 2, padding: 'same' }),
      tfl.layers.conv2dTranspose({
        name: 'up2',
        filters: 1,
        kernelSize: 4,
        strides: 2,
        padding: 'same',
        activation: 'sigmoid',
      }),
    ],
  });
}

describe('stacks', () => {
  it.each(['NCHW', 'NHWC'] as const)('an encoder with two outputs, images as %s', async (imageLayout) => {
    for (const channels of [1, 3]) await expectParity(encoder(channels), { imageLayout });
  });

  it.each(['NCHW', 'NHWC'] as const)('a Sequential decoder that has not run yet, images as %s', async (imageLayout) => {
    await expectParity(decoder(), { imageLayout });
  });

  it('one channel in NCHW enters without a Transpose, and so do images that were pooled to one pixel', async () => {
    const image = tfl.input({ shape: [8, 8, 1] });
    let x = tfl.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }).apply(image) as Symbolic;
    x = tfl.layers.maxPooling2d({ poolSize: 6 }).apply(x) as Symbolic;
    x = tfl.layers.flatten().apply(x) as Symbolic;
    const outputs = tfl.layers.dense({ units: 2 }).apply(x) as Symbolic;
    const model = tfl.model({ inputs: image, outputs });
    expect(operators(await expectParity(model))).toEqual(['Conv', 'Relu', 'MaxPool', 'Reshape', 'Gemm']);
  });

  it('a whole image is transposed once on its way to a vector, and once back', async () => {
    const count = (names: string[]) => names.filter((name) => name === 'Transpose').length;
    expect(count(operators(await expectParity(encoder(3))))).toBe(1);
    expect(count(operators(await expectParity(decoder())))).toBe(1);
  });

  it('one-channel images reach a Dense layer without a Transpose', async () => {
    const layers = [tfl.layers.flatten({ inputShape: [6, 5, 1] }), tfl.layers.dense({ units: 3 })];
    expect(operators(await expectParity(tfl.sequential({ layers })))).toEqual(['Reshape', 'Gemm']);
  });

  it('a residual block keeps the layout of images', async () => {
    const image = tfl.input({ shape: [6, 6, 4] });
    const inner = tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }).apply(image) as Symbolic;
    const sum = tfl.layers.add().apply([image, inner]) as Symbolic;
    const both = tfl.layers.concatenate().apply([sum, inner]) as Symbolic;
    const outputs = tfl.layers.activation({ activation: 'softmax' }).apply(both) as Symbolic;
    const model = tfl.model({ inputs: image, outputs });
    expect(operators(await expectParity(model))).toEqual(['Conv', 'Add', 'Concat', 'Softmax']);
  });
});

describe('graphs of layers', () => {
  it('a shared layer has its weights once', async () => {
    const [a, b] = [tfl.input({ shape: [4] }), tfl.input({ shape: [4] })];
    const shared = tfl.layers.dense({ units: 3, name: 'shared' });
    const outputs = [shared.apply(a) as Symbolic, shared.apply(b) as Symbolic];
    const { graph } = await expectParity(tfl.model({ inputs: [a, b], outputs }));
    expect(graph.initializer.map(({ name }) => name)).toEqual(['shared/kernel', 'shared/bias']);
    expect(graph.output.map(({ name }) => name)).toEqual(['shared', 'shared_1']);
  });

  it('a model inside a model is walked in its place', async () => {
    const x = tfl.input({ shape: [12, 12, 1] });
    const [mean] = encoder(1).apply(x) as [Symbolic, Symbolic];
    const outputs = decoder().apply(mean) as Symbolic;
    await expectParity(tfl.model({ inputs: x, outputs }));
  });

  it('outputs that are an input, the same value, or inside the graph', async () => {
    const x = tfl.input({ shape: [4], name: 'x' });
    const inside = tfl.layers.dense({ units: 3, name: 'inside' }).apply(x) as Symbolic;
    const dropped = tfl.layers.dropout({ rate: 0.5, name: 'dropped' }).apply(inside) as Symbolic;
    const last = tfl.layers.dense({ units: 2, name: 'last' }).apply(inside) as Symbolic;
    const model = tfl.model({ inputs: x, outputs: [x, inside, dropped, last] });
    await expectParity(model, { outputNames: ['same', 'inside', 'again', 'last'] });
  });

  it('an output that is an input has a name of its own, with nothing given', async () => {
    const x = tfl.input({ shape: [4], name: 'x' });
    const odd = tfl.layers.dense({ units: 3, name: 'x_0' }).apply(x) as Symbolic;
    const { graph } = await expectParity(tfl.model({ inputs: x, outputs: [x, odd, x] }));
    expect(graph.output.map(({ name }) => name)).toEqual(['x_0', 'x_0_1', 'x_2']);
  });

  it('an output may have the name of a layer, whose values then go by others', async () => {
    const x = tfl.input({ shape: [4], name: 'x' });
    const first = tfl.layers.dense({ units: 3, name: 'a' }).apply(x) as Symbolic;
    const second = tfl.layers.dense({ units: 2, name: 'b' }).apply(first) as Symbolic;
    const model = tfl.model({ inputs: x, outputs: second });
    const { graph } = await expectParity(model, { inputNames: ['b/Gemm'], outputNames: ['a/Gemm'] });
    expect(graph.input[0]?.name).toBe('b/Gemm');
    expect(graph.output[0]?.name).toBe('a/Gemm');
  });
});

describe('the file', () => {
  it.each([
    [17, 8],
    [18, 8],
    [19, 9],
    [20, 9],
    [21, 10],
    [22, 10],
    [23, 11],
    [24, 12],
    [25, 13],
  ])('runs with opset %i, in the intermediate representation %i of the same release of ONNX', async (opset, ir) => {
    const { opsetImport, irVersion } = await expectParity(decoder(), { opset });
    expect(opsetImport).toEqual([{ domain: '', version: opset }]);
    expect(irVersion).toBe(ir);
  });

  it('has the same bytes twice, which decode and encode to themselves', () => {
    const [a, b] = [encoder(1), encoder(1)];
    for (const model of [a, b]) randomizeWeights(model, 7);
    const bytes = layersModelToOnnx(a);
    expect(Buffer.compare(bytes, layersModelToOnnx(a))).toBe(0);
    expect(Buffer.compare(bytes, layersModelToOnnx(b))).toBe(0);
    expect(Buffer.compare(bytes, encodeModel(decodeModel(bytes)))).toBe(0);
  });

  it('names its values after the layers, and knows the shape of every one', () => {
    const { graph } = decodeModel(layersModelToOnnx(encoder(3), { outputNames: ['concepts', 'log_variance'] }));
    expect(graph.node.map(({ name }) => name)).toEqual([
      'conv1/Conv',
      'conv1/Relu',
      'conv2/Conv',
      'conv2/Relu',
      'flatten/Transpose',
      'flatten/Reshape',
      'hidden/Gemm',
      'hidden/Relu',
      'mean/Gemm',
      'variance/Gemm',
    ]);
    const known = [...graph.valueInfo, ...graph.output].map(({ name }) => name);
    expect(known.toSorted()).toEqual(graph.node.flatMap(({ output }) => output).toSorted());
    expect(graph.valueInfo[0]?.type.tensorType.shape.dim).toEqual([
      { dimParam: 'batch' },
      { dimValue: 6 },
      { dimValue: 6 },
      { dimValue: 6 },
    ]);
  });

  it('carries its metadata sorted', () => {
    const { metadataProps, producerName } = decodeModel(layersModelToOnnx(decoder(), { metadata: { b: '2', a: '1' } }));
    expect(producerName).toBe('senn-onnx');
    expect(metadataProps).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
      { key: 'layout.up2', value: 'NCHW' },
    ]);
  });

  it('takes a batch of any size, also none', async () => {
    const session = await ort.InferenceSession.create(layersModelToOnnx(encoder(1)));
    for (const batch of [0, 1, 17]) {
      const image = new ort.Tensor('float32', new Float32Array(batch * 144), [batch, 1, 12, 12]);
      expect((await session.run({ image }))['mean']?.dims).toEqual([batch, 5]);
    }
  });
});

describe('refusals', () => {
  const dense = () => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3], name: 'dense' })] });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('the weight %d', (value) => {
    const model = dense();
    model.setWeights([tf.tensor2d([1, 2, 3, 4, value, 6], [3, 2]), tf.zeros([2])]);
    expect(() => layersModelToOnnx(model)).toThrow(
      expect.objectContaining({
        code: 'invalid_model',
        message: `layer "dense" (Dense): weight "kernel" must be finite, but element 4 of [3, 2] is ${value}`,
      }),
    );
  });

  it.each([16, 26, 18.5])('opset %d', (opset) => {
    expect(() => layersModelToOnnx(dense(), { opset })).toThrow(/opset .* must be a whole number from 17 to 25/);
  });

  it('names that do not fit', () => {
    expect(() => layersModelToOnnx(dense(), { inputNames: ['a', 'b'] })).toThrow(
      /2 input names \(a, b\) must match the model's 1/,
    );
    expect(() => layersModelToOnnx(dense(), { inputNames: ['x'], outputNames: ['x'] })).toThrow(/"x" is given to two/);
    expect(() => layersModelToOnnx(dense(), { outputNames: [''] })).toThrow(/output name 0 must not be empty/);
  });
});

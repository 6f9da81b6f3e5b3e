import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradientsOf } from '../../../export/gradients/gradients.ts';
import { layersModelToOnnx, readOnnx } from '../../../export/index.ts';
import { attributeType, dataType, type ModelProto, type NodeProto } from '../../../export/onnx/proto.ts';
import { encodeModel } from '../../../export/onnx/schema.ts';
import { expectClose } from '../../helpers/close.ts';
import { chain, merge, type Symbolic } from '../cases/case.ts';
import { startBackend } from '../parity.ts';
import { node } from '../passes/raw-graph.ts';
import { expectGradient, gradientValues } from './vjp.ts';

/** Rules one by one, by closed forms: what no layer writes, what ties and stands at a kink; and what is refused. */

beforeAll(() => startBackend('cpu'));

/** An input `x` of these sizes → `y`, of the same sizes or others, all float32. */
function graphOf(nodes: readonly NodeProto[], sizes: readonly number[], out = sizes, version = 18): ModelProto {
  const port = (name: string, dims: readonly number[]) => ({
    name,
    type: { tensorType: { elemType: dataType.float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const scalars = [2, 3].map((value) => ({
    name: `constant${value}`,
    dims: [],
    dataType: dataType.float32,
    rawData: new Uint8Array(Float32Array.of(value).buffer),
  }));
  return {
    irVersion: 8,
    producerName: 'test',
    opsetImport: [{ domain: '', version }],
    metadataProps: [],
    graph: {
      ...{ node: nodes, name: 'raw', initializer: scalars },
      ...{ input: [port('x', sizes)], output: [port('y', out)], valueInfo: [] },
    },
  };
}

const ports = { cotangents: { y: 'dy' }, gradients: { x: 'dx' } };

async function gradientAt(model: ModelProto, x: readonly number[], dy: readonly number[]): Promise<number[]> {
  const { graph } = model;
  const sizes = [...graph.input, ...graph.output].map(({ type }) =>
    type.tensorType.shape.dim.map((size) => ('dimValue' in size ? size.dimValue : 1)),
  );
  const bytes = encodeModel(gradientsOf(model, ports));
  const feeds = [tf.tensor([...x], sizes[0]), tf.tensor([...dy], sizes[1])];
  const [dx] = await gradientValues(bytes, feeds);
  return dx ?? [];
}

const single = { absolute: 1e-6, relative: 1e-6 };

describe('rules of operators', () => {
  it.each<[name: string, inputs: string[], derivative: (x: number) => number]>([
    ['Abs', ['x'], Math.sign],
    ['Exp', ['x'], Math.exp],
    ['Log', ['x'], (x) => 1 / x],
    ['Reciprocal', ['x'], (x) => -1 / x ** 2],
    ['Sqrt', ['x'], (x) => 1 / (2 * Math.sqrt(x))],
    ['Pow', ['x', 'constant3'], (x) => 3 * x ** 2],
    ['Pow', ['constant2', 'x'], (x) => Math.log(2) * 2 ** x],
    ['Pow', ['x', 'x'], (x) => x ** x * (1 + Math.log(x))],
    ['Sub', ['constant2', 'x'], () => -1],
    ['Div', ['constant2', 'x'], (x) => -2 / x ** 2],
    ['Div', ['x', 'constant2'], () => 1 / 2],
    ['Mul', ['x', 'x'], (x) => 2 * x],
    ['Sum', ['x', 'x', 'x'], () => 3],
    ['Floor', ['x'], () => 0],
  ])('%s of %j', async (opType, inputs, derivative) => {
    const x = [0.3, 1, 1.7, 2.5];
    const dy = [1, -2, 3, 0.5];
    const model = graphOf([node(opType, 'y', inputs)], [4]);
    const expected = x.map((value, i) => (dy[i] as number) * derivative(value));
    expectClose(await gradientAt(model, x, dy), expected, { absolute: 1e-5, relative: 1e-5 });
  });

  it('Relu and Sqrt at 0 have the derivative from the left, 0, whatever flows back', async () => {
    expect(await gradientAt(graphOf([node('Relu', 'y', ['x'])], [3]), [-1, 0, 1], [5, 5, 5])).toEqual([0, 0, 5]);
    expect(await gradientAt(graphOf([node('Sqrt', 'y', ['x'])], [2]), [0, 4], [8, 8])).toEqual([0, 2]);
  });

  it('MaxPool gives to the first of those that tie in the order of rows, where windows overlap to several', async () => {
    const pool = {
      ...node('MaxPool', 'y', ['x']),
      attribute: [
        { name: 'kernel_shape', ints: [2, 2], type: attributeType.ints },
        { name: 'strides', ints: [1, 1], type: attributeType.ints },
      ],
    };
    const model = graphOf([pool], [1, 1, 3, 3], [1, 1, 2, 2]);
    const blank = await gradientAt(model, Array(9).fill(0), [1, 2, 4, 8]);
    expect(blank).toEqual([1, 2, 0, 4, 8, 0, 0, 0, 0]);
    const peak = await gradientAt(model, [0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 2, 4, 8]);
    expect(peak).toEqual([0, 0, 0, 0, 15, 0, 0, 0, 0]);
  });

  it('Max gives to the first operand that ties, a maximum over axes to all alike', async () => {
    const bytes = layersModelToOnnx(merge(tfl.layers.maximum(), [2], [2]), { gradients: true });
    const [a, b] = await gradientValues(bytes, [tf.tensor2d([[1, 2]]), tf.tensor2d([[1, 3]]), tf.tensor2d([[5, 7]])]);
    expect([a, b]).toEqual([
      [5, 0],
      [0, 7],
    ]);
    const pooled = layersModelToOnnx(chain([4, 1], tfl.layers.globalMaxPooling1d()), { gradients: true });
    const [dx] = await gradientValues(pooled, [tf.tensor([1, 2, 2, 0], [1, 4, 1]), tf.tensor2d([[6]])]);
    expect(dx).toEqual([0, 3, 3, 0]);
  });

  it('a value that is used several times gets the sum of what flows back', async () => {
    const nodes = [
      node('Mul', 'square', ['x', 'x']),
      node('Mul', 'cube', ['square', 'x']),
      node('Add', 'y', ['cube', 'x']),
    ];
    const { graph, ...model } = graphOf(nodes, [2]);
    const valueInfo = ['square', 'cube'].map((name) => ({ ...(graph.output[0] as (typeof graph.output)[0]), name }));
    const dx = await gradientAt({ ...model, graph: { ...graph, valueInfo } }, [2, -1], [1, 10]);
    expectClose(dx, [13, 40], single);
  });
});

describe('ports', () => {
  const two = () => {
    const [a, b] = [tfl.input({ shape: [3], name: 'a' }), tfl.input({ shape: [3], name: 'b' })];
    const sum = tfl.layers.add({ name: 'sum' }).apply([a, b]) as Symbolic;
    const product = tfl.layers.multiply({ name: 'product' }).apply([a, b]) as Symbolic;
    return tfl.model({ inputs: [a, b], outputs: [sum, product] });
  };

  it('bear the names of inputs and outputs where there are several', async () => {
    const { inputs, outputs } = readOnnx(layersModelToOnnx(two(), { gradients: true }));
    expect(inputs.map(({ name }) => name)).toEqual(['a', 'b', 'cotangent_sum', 'cotangent_product']);
    expect(outputs.map(({ name }) => name)).toEqual(['gradient_a', 'gradient_b']);
    await expectGradient(two());
  });

  it('lie as the images of the model do, and the metadata say so', () => {
    const model = chain([4, 5, 2], tfl.layers.conv2d({ filters: 3, kernelSize: 2 }));
    for (const imageLayout of ['NCHW', 'NHWC'] as const) {
      const { outputs, metadata } = readOnnx(
        layersModelToOnnx(model, { gradients: true, imageLayout, inputNames: ['x'] }),
      );
      expect(outputs[0]?.dims).toEqual(imageLayout === 'NCHW' ? ['batch', 2, 4, 5] : ['batch', 4, 5, 2]);
      const layouts = { 'layout.x': imageLayout, 'layout.cotangent': imageLayout, 'layout.gradient': imageLayout };
      expect(metadata).toMatchObject(layouts);
    }
  });

  it('of a fixed batch have it, and equal models give equal bytes', () => {
    const model = two();
    const [first, second] = [0, 1].map(() => layersModelToOnnx(model, { gradients: true, batch: 4 }));
    expect(readOnnx(first as Uint8Array).outputs.map(({ dims }) => dims)).toEqual([
      [4, 3],
      [4, 3],
    ]);
    expect(Buffer.compare(first as Uint8Array, second as Uint8Array)).toBe(0);
  });

  it('must be free: a model whose input is called gradient is refused', () => {
    const model = chain([3], tfl.layers.dense({ units: 2 }));
    const options = { gradients: true, inputNames: ['gradient'] };
    expect(() => layersModelToOnnx(model, options)).toThrow('the name "gradient" must be given to one port alone');
  });

  it('must be ports of the graph', () => {
    const model = graphOf([node('Relu', 'y', ['x'])], [2]);
    const wrong = { cotangents: { z: 'dz' }, gradients: { x: 'dx' } };
    expect(() => gradientsOf(model, wrong)).toThrow('gradient: "z" is no output of float32; choose y');
  });
});

describe('what has no gradient here', () => {
  it('is refused by the name of the operator and of its node', () => {
    const model = graphOf([node('Gelu', 'y', ['x'])], [2], [2], 20);
    expect(() => gradientsOf(model, ports)).toThrow(
      /^gradient of Gelu "y": the operator has no rule; those that have: Abs, Add, .*, Where$/,
    );
  });

  it('is let be where no gradient has to go through it', async () => {
    const model = graphOf([node('Gelu', 'side', ['x']), node('Neg', 'y', ['x'])], [2], [2], 20);
    expect(await gradientAt(model, [1, 2], [3, 4])).toEqual([-3, -4]);
  });

  it('is a graph of an operator set before 17', () => {
    const model = graphOf([node('Relu', 'y', ['x'])], [2], [2], 13);
    expect(() => gradientsOf(model, ports)).toThrow('gradient: the graph is of opset 13; must be 17 or later');
  });
});

import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configOf, type Emitter, int, layersModelToOnnx } from '../../export/index.ts';
import { elementTypes } from '../../export/onnx/elements.ts';
import { decodeModel } from '../../export/onnx/schema.ts';
import { chain } from './cases/case.ts';
import { expectParity, operators, startBackend } from './parity.ts';

beforeAll(() => startBackend('cpu'));

/** x^exponent: a layer of somebody else's. */
class Power extends tf.layers.Layer {
  static className = 'Power';
  readonly exponent: number;

  constructor({ exponent, ...rest }: { exponent: number; name?: string }) {
    super(rest);
    this.exponent = exponent;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.pow([inputs].flat()[0] as tf.Tensor, this.exponent);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), exponent: this.exponent };
  }
}

const emitPower: Emitter = ({ layer, inputs: [x], scope }) => {
  const { exponent } = configOf(layer, z.object({ exponent: z.number() }));
  return scope.node('Pow', [x, scope.float32('exponent', [], [exponent])], x);
};

const model = (exponent = 2) => chain([4, 3, 2], new Power({ exponent, name: 'power' }), tf.layers.flatten());

describe('layers of your own', () => {
  it('are written by the emitters that are given, with the layout of images kept', async () => {
    const exported = await expectParity(model(), { emitters: { Power: emitPower } });
    expect(operators(exported)).toEqual(['Pow', 'Transpose', 'Reshape']);
    expect(exported.graph.initializer[0]?.name).toBe('power/exponent');
  });

  it('work inside wrappers and models', async () => {
    const inner = chain([3], new Power({ exponent: 3 }), tf.layers.dense({ units: 2 }));
    const outer = chain([4, 3], tf.layers.timeDistributed({ layer: inner as unknown as tf.layers.Layer }));
    await expectParity(outer, { emitters: { Power: emitPower } });
  });

  it('come before the emitters of this project', async () => {
    const emitters = { Dense: (({ inputs: [x], scope }) => scope.node('Neg', [x], x)) satisfies Emitter };
    const bytes = layersModelToOnnx(chain([2], tf.layers.dense({ units: 2 })), { emitters });
    const session = await ort.InferenceSession.create(bytes);
    const feeds = { [session.inputNames[0] as string]: new ort.Tensor('float32', [1, -2], [1, 2]) };
    const [result] = Object.values(await session.run(feeds));
    expect(result?.data).toEqual(Float32Array.of(-1, 2));
  });

  it('are refused without one, by name, with the way out', () => {
    expect(() => layersModelToOnnx(model())).toThrow(
      expect.objectContaining({
        code: 'unsupported_layer',
        message: expect.stringMatching(
          /^layer "power" \(Power\): has no emitter; give one in a program of your own, layersModelToOnnx\(model, \{ emitters: \{ Power: … \} \}\) of senn-onnx\/export \(docs\/layers\.md\), or choose from Activation, /,
        ),
      }),
    );
  });

  it('are refused where their configuration is not what the emitter takes', () => {
    const odd = model('two' as unknown as number);
    expect(() => layersModelToOnnx(odd, { emitters: { Power: emitPower } })).toThrow(
      /"power".*exponent.*expected number/,
    );
  });
});

/** What tfjs makes of one value by a function: a layer of somebody else's. */
class Custom extends tf.layers.Layer {
  static className = 'Custom';
  readonly own: (x: tf.Tensor) => tf.Tensor;
  readonly width: number;

  constructor({ own, width, ...rest }: { own: (x: tf.Tensor) => tf.Tensor; width: number; name?: string }) {
    super(rest);
    this.own = own;
    this.width = width;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.own([inputs].flat()[0] as tf.Tensor);
  }

  override computeOutputShape(): tf.Shape {
    return [null, this.width];
  }
}

const argMax = () => new Custom({ own: (x) => tf.expandDims(tf.argMax(x, 1), 1), width: 1, name: 'best' });
const positive = () => new Custom({ own: (x) => tf.greater(x, 0), width: 3, name: 'positive' });

const emitArgMax: Emitter = ({ inputs: [x], scope }) =>
  scope.node('ArgMax', [x], { shape: [1], layout: 'tfjs', type: 'int64' }, { axis: int(1) });
const emitPositive: Emitter = ({ inputs: [x], scope }) =>
  scope.node('Greater', [x, scope.float32('zero', [], [0])], { ...x, type: 'bool' });

describe('layers of your own that give no float32', () => {
  it.each([
    ['the index of the largest', argMax, emitArgMax, 'int32'],
    ['whether a number is positive', positive, emitPositive, 'bool'],
  ] as const)(
    '%s: as an output of the model it has the type of tfjs, between layers float32',
    async (_, own, emit, type) => {
      const emitters = { Custom: emit };
      const { graph } = await expectParity(chain([3], own()), { emitters });
      expect(elementTypes[graph.output[0]?.type.tensorType.elemType ?? 0]?.name).toBe(type);
      await expectParity(chain([3], own(), tf.layers.dense({ units: 2 })), { emitters });
    },
  );

  it.each([
    [
      'an operator that gives whole numbers, declared as float32',
      argMax,
      (({ inputs: [x], scope }) => scope.node('ArgMax', [x], { shape: [1], layout: 'tfjs' })) satisfies Emitter,
      /^layer "best": ArgMax gives int64, but is declared as float32; declare it, \{ shape, layout, type: 'int64' \}, and cast .*: castTo\(scope, value, 'float32'\)$/,
    ],
    [
      'a comparison in the form of what it compares',
      positive,
      (({ inputs: [x], scope }) => scope.node('Greater', [x, scope.float32('zero', [], [0])], x)) satisfies Emitter,
      /^layer "positive": Greater gives bool, but is declared as float32/,
    ],
    [
      'operands of two types',
      positive,
      (({ inputs: [x], scope }) => scope.node('Add', [x, scope.int64('one', 1)], x)) satisfies Emitter,
      /^layer "positive": operands of Add must have one element type, got float32, int64; cast one of them/,
    ],
    [
      'a Cast to something else',
      positive,
      (({ inputs: [x], scope }) => scope.node('Cast', [x], x, { to: int(7) })) satisfies Emitter,
      /^layer "positive": Cast gives int64, but is declared as float32/,
    ],
  ] as const)('are refused: %s', (_, own, emit, message) => {
    expect(() => layersModelToOnnx(chain([3], own()), { emitters: { Custom: emit } })).toThrow(
      expect.objectContaining({ code: 'unsupported_layer', message: expect.stringMatching(message) }),
    );
  });
});

describe('whole numbers on their way into a layer of your own', () => {
  const doubled = (): tf.LayersModel => {
    const x = tf.input({ shape: [3], dtype: 'int32' });
    const own = new Custom({ own: (value) => tf.add(value, value), width: 3 });
    return tf.model({ inputs: x, outputs: own.apply(x) as tf.SymbolicTensor });
  };
  const emit: Emitter = ({ inputs: [x], scope }) => scope.node('Add', [x, x], x);

  it('are float32, unless its emitter takes them as they are', async () => {
    const { graph } = await expectParity(doubled(), { emitters: { Custom: { emit, takes: ['float32', 'int32'] } } });
    expect(graph.node.map(({ opType }) => opType)).toEqual(['Add']);
    const plain = decodeModel(layersModelToOnnx(doubled(), { emitters: { Custom: emit } }));
    expect(operators(plain)).toEqual(['Cast', 'Add']);
  });
});

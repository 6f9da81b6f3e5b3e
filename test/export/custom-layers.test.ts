import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configOf, type Emitter, layersModelToOnnx } from '../../export/index.ts';
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
          /^layer "power" \(Power\): has no emitter; give one as an option, emitters: \{ Power: … \}, or choose from Activation, /,
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

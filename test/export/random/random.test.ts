import * as tf from '@tensorflow/tfjs';
import type * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_TOLERANCE } from '../../../core/golden.ts';
import { type ExportOptions, layersModelToOnnx } from '../../../export/index.ts';
import { expectClose } from '../../helpers/close.ts';
import { bordersOf, startBackend } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';
import { anyStack } from './arbitrary.ts';
import { buildStack, type Stack } from './stack.ts';
import { drawWeights } from './weights.ts';

/**
 * Random stacks of layers. `SENN_RANDOM_MODELS=1000` draws so many from a new seed, or from `SENN_RANDOM_SEED`;
 * without it a few are drawn from a fixed one. A failure prints its seed, its path, and the smallest stack that fails.
 */
const asked = process.env['SENN_RANDOM_MODELS'];
const givenSeed = process.env['SENN_RANDOM_SEED'];
const numRuns = Number(asked ?? 30);
const seed = givenSeed === undefined ? (asked === undefined ? 1 : Date.now() & 0x7fffffff) : Number(givenSeed);

beforeAll(async () => {
  await startBackend('cpu');
  web.env.logLevel = 'error';
  web.env.wasm.numThreads = 1;
});

const options = fc.record<ExportOptions>({
  imageLayout: fc.constantFrom('NCHW', 'NHWC'),
  opset: fc.constantFrom(17, 18, 21, 25),
  foldBatchNormalization: fc.boolean(),
  batch: fc.constantFrom<'dynamic' | 3>('dynamic', 3),
});

interface Runtime extends Pick<typeof node | typeof web, 'InferenceSession' | 'Tensor'> {
  /** Named, so that neither runtime can answer for the other. */
  readonly provider: string;
}
const runtimes = {
  'onnxruntime-node': { ...node, provider: 'cpu' } as Runtime,
  'onnxruntime-web': { ...web, provider: 'wasm' } as unknown as Runtime,
};
const levels = ['disabled', 'all'] as const;

interface Sample {
  readonly input: tf.Tensor;
  readonly expected: readonly tf.Tensor[];
}

async function check(bytes: Uint8Array, runtime: Runtime, level: (typeof levels)[number], samples: readonly Sample[]) {
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: [runtime.provider],
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    for (const { input, expected } of samples) {
      const feed = new runtime.Tensor('float32', input.dataSync() as Float32Array, input.shape);
      const results = await session.run({ [session.inputNames[0] as string]: feed });
      for (const [i, tensor] of expected.entries()) {
        const output = results[session.outputNames[i] as string];
        expect(output?.dims).toEqual(tensor.shape);
        expectClose(output?.data as Float32Array, tensor.dataSync() as Float32Array, GOLDEN_TOLERANCE);
      }
    }
  } finally {
    await session.release();
  }
}

async function expectAgreement(stack: Stack, exportOptions: ExportOptions): Promise<void> {
  const model = buildStack(stack);
  drawWeights(model);
  const bytes = layersModelToOnnx(model, exportOptions);
  const borders = bordersOf(bytes, model, exportOptions);
  const batches = exportOptions.batch === 3 ? [3] : [1, 3];
  const samples = batches.map((batch): Sample => {
    const shape = [batch, ...((model.inputs[0] as tfl.SymbolicTensor).shape.slice(1) as number[])];
    const x = tf.tensor(
      seededValues(
        90 + batch,
        shape.reduce((a, b) => a * b),
      ),
      shape,
    );
    return { input: borders.inputs(x, 0), expected: [model.predict(x)].flat().map(borders.outputs) };
  });
  for (const [name, runtime] of Object.entries(runtimes)) {
    for (const level of levels) {
      await check(bytes, runtime, level, samples).catch((error: Error) => {
        throw new Error(`${name}, optimisations ${level}: ${error.message}`, { cause: error });
      });
    }
  }
}

describe('random models', () => {
  it(
    `${numRuns} of seed ${seed}: tfjs, onnxruntime-node and onnxruntime-web agree, optimised or not`,
    async () => {
      const property = fc.asyncProperty(anyStack, options, async (stack, exportOptions) => {
        tf.engine().startScope();
        try {
          await expectAgreement(stack, exportOptions);
        } finally {
          tf.engine().endScope();
          tf.disposeVariables();
        }
      });
      await fc.assert(property, { numRuns, seed });
    },
    60_000 + 1_000 * numRuns,
  );
});

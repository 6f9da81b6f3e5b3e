import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../parity.ts';
import { anyStack } from '../random/arbitrary.ts';
import { buildStack, type Stack, type Step } from '../random/stack.ts';
import { drawWeights } from '../random/weights.ts';
import { expectGradient } from './vjp.ts';

/**
 * The gradients of random stacks of layers are those of TensorFlow.js. `SENN_RANDOM_MODELS=300` draws so many from a new
 * seed, as for the models themselves (../random).
 */
const asked = process.env['SENN_RANDOM_MODELS'];
const numRuns = Number(asked ?? 20);
const seed = asked === undefined ? 1 : Date.now() & 0x7fffffff;

beforeAll(() => startBackend('cpu'));

/**
 * Steps that have a kink, no rule, or a gradient that TensorFlow.js has wrong (layers.slow.test.ts), and what stands in their
 * place: a gradient at a kink is a matter of taste.
 */
const smooth = (step: Step): Step => {
  if (step.kind === 'recurrent') return { kind: 'dense' };
  if (step.kind === 'rectifier') return { ...step, rectifier: 'elu' };
  if (step.kind === 'upSampling') return { ...step, bilinear: true };
  if (step.kind === 'averagePooling' || step.kind === 'maxPooling') {
    return { ...step, window: { ...step.window, padding: 'valid' } };
  }
  if (step.kind !== 'activation') return step;
  const kinked = ['relu', 'relu6', 'hardSigmoid'].includes(step.activation);
  return kinked ? { ...step, activation: 'softplus' } : step;
};

/** Without ties of the largest of all pixels. */
const differentiable = (stack: Stack): Stack => ({
  ...stack,
  steps: stack.steps
    .map(smooth)
    .map((step) => (step.kind === 'maxPooling' && stack.rank === 3 ? { ...step, kind: 'averagePooling' } : step)),
  end: stack.end === 'globalMax' ? 'globalAverage' : stack.end,
});

it(
  `${numRuns} of seed ${seed}: the gradients of random models`,
  async () => {
    let byTfjs = 0;
    const property = fc.asyncProperty(
      anyStack.map(differentiable),
      fc.constantFrom(17, 18, 21),
      async (stack, opset) => {
        tf.engine().startScope();
        try {
          const model = buildStack(stack);
          drawWeights(model);
          const by = await expectGradient(model, { opset }, { batches: [2] });
          if (by === 'tfjs') byTfjs += 1;
        } finally {
          tf.engine().endScope();
          tf.disposeVariables();
        }
      },
    );
    await fc.assert(property, { numRuns, seed });
    expect(byTfjs).toBeGreaterThan(numRuns / 2);
  },
  60_000 + 2_000 * numRuns,
);

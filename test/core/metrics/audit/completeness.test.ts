import { describe, expect, it } from 'vitest';
import { completeness } from '../../../../core/metrics/audit/completeness.ts';
import { MOST_TRAINING_INPUTS } from '../../../../core/metrics/evidence/training-concepts.ts';
import { gatherEvidence } from '../../../../core/metrics/gather.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { randomStream } from '../../../../core/random.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type LinearModel, linearModel } from '../../../helpers/linear-model.ts';

/** Points of a grid, in two parts that hold every region. */
const grid = Array.from({ length: 900 }, (_, n) => [((n % 30) - 14.5) / 8, (Math.floor(n / 30) - 14.5) / 8]);
const [learn, test] = [0, 1].map((part) => grid.filter((_, n) => (n + Math.floor(n / 30)) % 2 === part)) as [
  number[][],
  number[][],
];
type Point = readonly number[];

async function measure(classOf: (point: Point) => number, model: LinearModel, seed = 0) {
  const { predictor } = linearModel(model);
  const rows = (points: readonly Point[]) => tensor(Float32Array.from(points.flat()), [points.length, 1, 1, 2]);
  let asked = 0;
  const set = {
    name: 'grid',
    input: rows(test),
    labels: Int32Array.from(test, classOf),
    training: async (most: number) => {
      asked += 1;
      expect(most).toBe(MOST_TRAINING_INPUTS);
      return { input: rows(learn), labels: Int32Array.from(learn, classOf) };
    },
  };
  const evidence = await gatherEvidence(predictor, set, { seed: 0 });
  expect(asked).toBe(0);
  const { explanations, labels, training } = evidence as Required<typeof evidence>;
  const result = await completeness.measure({ explanations, labels, training }, { random: randomStream(seed) });
  await training();
  return { result, asked };
}

const right = ([a = 0, b = 0]: Point) => (2 * a - b >= 0 ? 0 : 1);

describe('completeness', () => {
  it('is 1 where a line through the concepts decides as well as the model, which is asked for once', async () => {
    const { result, asked } = await measure(right, {});
    const { value, figures = {} } = result as SetValue;
    expectClose(value, 1, { absolute: 0.03 });
    expect(figures).toMatchObject({ accuracy: 1, trainingInputs: 450, chance: expect.closeTo(0.5, 1) });
    expect(figures['accuracyOfConcepts']).toBe(Math.max(figures['logistic'] as number, figures['network'] as number));
    const { chance = 0, accuracyOfConcepts = 0, accuracy = 0 } = figures as Record<string, number>;
    expectClose(value, (accuracyOfConcepts - chance) / (accuracy - chance));
    expect(asked).toBe(1);
  });

  it('is 0 where the concepts know nothing and the relevances decide', async () => {
    const { result } = await measure(right, {
      encode: () => [1, 0],
      relevances: ([a = 0, b = 0]) => [2 * a - b, 0, 0, 0],
    });
    const { value, figures } = result as SetValue;
    expect(figures).toMatchObject({ accuracy: 1 });
    expectClose(value, 0, { absolute: 0.01 });
  });

  it('is above 1 where the model makes less of its concepts than there is: the network sees what a line does not', async () => {
    const across = ([a = 0, b = 0]: Point) => (a * b > 0 ? 0 : 1);
    const model: LinearModel = { relevances: ([a = 0, b = 0]) => (a * b > 0 && a > 0 ? [1, 0, 1, 0] : [0, 1, 0, 1]) };
    const { value, figures = {} } = (await measure(across, model)).result as SetValue;
    expect(figures['logistic'] as number).toBeLessThan(0.6);
    expect(figures['network'] as number).toBeGreaterThan(0.9);
    expect(value).toBeGreaterThan(0.9);
  });

  it('is the same again for the same seed', async () => {
    expect((await measure(right, {}, 5)).result).toEqual((await measure(right, {}, 5)).result);
  });

  it('has no value where the model is no better than chance', async () => {
    const { result } = await measure((point) => 1 - right(point), {});
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('no better than chance') });
  });
});

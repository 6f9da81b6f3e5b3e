import { describe, expect, it } from 'vitest';
import { attributions } from '../../../../core/attributions/index.ts';
import { usualInput } from '../../../../core/attributions/shared/baseline.ts';
import { compareAttributions } from '../../../../core/metrics/comparison/index.ts';
import { score } from '../../../../core/metrics/score.ts';
import { namedStream, randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { conceptWith, evidenceOf, type LinearModel } from '../../../helpers/linear-model.ts';

const features = ['a', 'b', 'c'].map((name) => ({ name, range: [-4, 4] as [number, number] }));

/** A table of three features that are concepts in another order, beside a constant one, with θ that depends on x. */
const table: LinearModel = {
  manifest: {
    input: { kind: 'tabular', features },
    concepts: [
      conceptWith('c', [-2, -1, 0, 1, 2], 0.5),
      conceptWith('bias', [1, 1, 1, 1, 1]),
      conceptWith('a', [-2, -1, 0, 1, 2], -0.25),
      conceptWith('b', [-2, -1, 0, 1, 2], 0),
    ],
  },
  encode: ([a = 0, b = 0, c = 0]) => [c, 1, a, b],
  decode: ([c = 0, , a = 0, b = 0]) => [a, b, c],
  relevances: ([a = 0, b = 0]) => [0.3 + a / 8, 0.1, -0.4 - b / 8, 0.9].flatMap((weight) => [weight, 0]),
};
const rows = [
  [1, 2, -1],
  [-2, 0.5, 3],
  [0.5, 1, 0.75],
];

async function compare(inputs: readonly (readonly number[])[], model: LinearModel) {
  const evidence = await evidenceOf(inputs, model);
  const { predictor, explanations } = evidence;
  const baseline = await usualInput(predictor);
  const ask = (name: 'contributions' | 'kernel-shap' | 'random') =>
    attributions[name].attribute(predictor, explanations.input, explanations.predicted, {
      randomOf: () => randomStream(0),
      baseline,
    });
  const attributed = {
    contributions: await ask('contributions'),
    'kernel-shap': await ask('kernel-shap'),
    random: await ask('random'),
  };
  return { evidence, compared: await compareAttributions(attributed, { model: predictor, explanations, baseline }) };
}

const numbers = (result: unknown): number[] => (Array.isArray(result) ? result : expect.fail(JSON.stringify(result)));

describe('explanations side by side', () => {
  it("give the model's own the values of faithfulness.input", async () => {
    const { evidence, compared } = await compare(rows, table);
    const own = await score(['faithfulness.input'], evidence, { randomOf: (name) => namedStream(0, name) });
    expectClose(numbers(compared.contributions?.['faithfulness.input']), numbers(own['faithfulness.input']), {
      absolute: 1e-6,
    });
  });

  it('match features with their concepts, whatever the order, and leave a bias out', async () => {
    const { compared } = await compare(rows, {
      ...table,
      relevances: () => [0.3, 0.1, -0.4, 0.9].flatMap((w) => [w, 0]),
    });
    // Linear: both removals move the logit by the contribution up to the reference, so that all agree closely.
    for (const name of ['contributions', 'kernel-shap'] as const) {
      for (const metric of ['faithfulness', 'faithfulness.input'] as const) {
        for (const value of numbers(compared[name]?.[metric])) expect(value).toBeGreaterThan(0.85);
      }
    }
    const chance = numbers(compared.random?.['faithfulness.input']);
    expect(chance.some((value) => value < 0.85)).toBe(true);
  });

  it('have no value where an explanation speaks of other parts than those taken away, and say why', async () => {
    const { compared } = await compare(
      [
        [1, 2],
        [2, -1],
      ],
      {},
    );
    expect(compared.contributions?.['faithfulness.input']).toMatchObject({
      reason: expect.stringContaining('concepts'),
    });
    expect(compared['kernel-shap']?.faithfulness).toMatchObject({ reason: expect.stringContaining('input') });
    expect(compared.contributions?.faithfulness).toHaveLength(2);
    expect(compared['kernel-shap']?.['faithfulness.input']).toHaveLength(2);
  });
});

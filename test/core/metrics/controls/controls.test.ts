import { describe, expect, it } from 'vitest';
import { noise } from '../../../../core/metrics/controls/noise.ts';
import { otherInput } from '../../../../core/metrics/controls/other-input.ts';
import { randomLogit } from '../../../../core/metrics/controls/random-logit.ts';
import { faithfulnessOf } from '../../../../core/metrics/faithfulness/faithfulness.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';
import { evidenceOf } from '../../../helpers/linear-model.ts';

const options = { random: randomStream(0) };

describe('random-logit', () => {
  it('is the cosine of the contributions to both classes', async () => {
    const explanations = explanationsFrom(
      [[0], [0.5], [1]],
      [
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      [
        [
          [3, 0],
          [4, 1],
        ], // (3, 4) and (0, 1)
        [
          [2, -2],
          [1, -1],
        ], // opposite
        [
          [1, 1],
          [1, 1],
        ], // nothing
      ],
    );
    const [first, second, third] = (await randomLogit.measure({ explanations }, options)) as (number | null)[];
    expectClose([first as number, second as number], [4 / 5, -1]);
    expect(third).toBeNull();
  });

  it('has no value with one class', async () => {
    const explanations = explanationsFrom([[0]], [[1]], [[[1]]]);
    expect(await randomLogit.measure({ explanations }, options)).toMatchObject({ value: null });
  });
});

describe('noise', () => {
  it('is the confidence on inputs from the whole range', async () => {
    // z = 4·x₀ − 4·x₁ against 0, x uniform: p = σ(|z|), of a triangular distribution of x₀ − x₁.
    const evidence = await evidenceOf([[0, 0]], { weights: [4, -4] });
    const result = await noise.measure(evidence, options);
    const steps = 10_000;
    let expected = 0;
    for (let i = 0; i < steps; i++) {
      const d = (i + 0.5) / steps;
      expected += (2 * (1 - d)) / (1 + Math.exp(-4 * d)) / steps;
    }
    expect(result).toMatchObject({ figures: { chance: 0.5 } });
    expectClose((result as { value: number }).value, expected, { absolute: 0.02 });
    const blind = await noise.measure(await evidenceOf([[0, 0]], { weights: [0, 0] }), options);
    expect(blind).toEqual({ value: 0.5, figures: { chance: 0.5, highest: 0.5 } });
  });
});

describe('other-input', () => {
  const theta = [
    [2, 0],
    [1, 0],
    [-1, 0],
  ];
  const three = [[0], [0.5], [1]];

  it('is faithfulness itself where every input has the same explanation', async () => {
    const explanations = explanationsFrom(
      three,
      three.map(() => [1, 2, 3]),
      three.map(() => theta),
    );
    expect(await otherInput.measure({ explanations }, options)).toEqual(faithfulnessOf(explanations));
  });

  it('is −1 where the other explanation is the opposite', async () => {
    // Two inputs: the contributions of one are those of the other, negated about their mean.
    const explanations = explanationsFrom(
      [[0], [1]],
      [
        [3, 1],
        [1, 3],
      ],
      [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [1, 0],
          [1, 0],
        ],
      ],
    );
    expectClose((await otherInput.measure({ explanations }, options)) as number[], [-1, -1]);
    expectClose(faithfulnessOf(explanations) as number[], [1, 1]);
  });

  it('has no value for one input', async () => {
    const explanations = explanationsFrom(
      [[0]],
      [[1, 2]],
      [
        [
          [1, 0],
          [1, 0],
        ],
      ],
    );
    expect(await otherInput.measure({ explanations }, options)).toMatchObject({ value: null });
  });
});

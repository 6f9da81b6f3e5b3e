import { describe, expect, it } from 'vitest';
import { dciOf, disentanglementAndCompleteness } from '../../../../core/metrics/disentanglement/dci.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type Code, factor, factorial, noise, sampleOf } from './tables.ts';

const table = factorial([3, 4, 5], { times: 12 });
const factors = [factor(0), factor(1), factor(2)];
const measure = (codes: readonly Code[], of = table) => {
  const { value, figures, matrix } = dciOf(sampleOf(of, codes), randomStream(1));
  return { figures: { disentanglement: value, ...figures }, matrix };
};
const half = Math.log(2);

describe('disentanglementAndCompleteness', () => {
  it.each([
    [
      'one code for each factor',
      [
        [1, 0],
        [0, 1],
      ],
      1,
      1,
    ],
    [
      'nothing told apart',
      [
        [1, 1],
        [1, 1],
      ],
      0,
      0,
    ],
    [
      'a code and its copy',
      [
        [0.5, 0],
        [0.5, 0],
        [0, 1],
      ],
      1,
      1 - (half / Math.log(3) + 0) / 2,
    ],
    [
      'one code for both factors, beside a dead one',
      [
        [1, 1],
        [0, 0],
      ],
      0,
      1,
    ],
    ['one code alone', [[1, 1]], 0, 1],
    ['one factor alone', [[0.5], [0.5]], 1, 0],
    [
      'a factor that no code knows',
      [
        [1, 0],
        [0, 0],
      ],
      1,
      1,
    ],
    [
      'codes that know nothing',
      [
        [0, 0],
        [0, 0],
      ],
      0,
      0,
    ],
  ])('has the closed form of %s', (_, matrix, disentanglement, completeness) => {
    const scores = disentanglementAndCompleteness(matrix);
    expectClose([scores.disentanglement, scores.completeness], [disentanglement, completeness]);
  });

  it('weighs codes by their importance', () => {
    const matrix = [
      [0.9, 0.9],
      [0.1, 0],
      [0, 0.1],
    ];
    expectClose(disentanglementAndCompleteness(matrix).disentanglement, 0.9 * 0 + 0.1 * 1);
  });
});

describe('dci', () => {
  it('is 1, 1, 1 where each factor has a code of its own, beside codes that say nothing', () => {
    const { figures, matrix } = measure([() => 4, ...factors.toReversed()]);
    expectClose(figures.disentanglement, 1);
    expectClose(figures.completeness, 1);
    expect(figures).toMatchObject({ informativeness: 1, predictionError: 0 });
    expectClose(matrix, [
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('finds duplicates disentangled, and complete by a half each: 1 − log 2 / log K', () => {
    const { figures } = measure([...factors, ...factors]);
    expectClose(figures.disentanglement, 1);
    expectClose(figures.completeness, 1 - half / Math.log(6), { absolute: 0.03 }); // ties fall at random
  });

  it('finds one code for two factors complete, and disentangled by a half: 1 − log 2 / log F', () => {
    const { figures } = measure([([a = 0, b = 0]) => 4 * a + b, factor(2)]);
    expectClose(figures.completeness, 1, { absolute: 0.03 });
    expectClose(figures.disentanglement, (2 * (1 - half / Math.log(3)) + 1) / 3, { absolute: 0.03 });
    expect(figures.informativeness).toBe(1);
  });

  it('is low for factors turned by 45°, though they can be told', () => {
    const turned: Code[] = [([a = 0, b = 0]) => a + b, ([a = 0, b = 0]) => a - b];
    const { figures } = measure(turned, factorial([5, 5], { times: 20 }));
    expect(figures.disentanglement).toBeLessThan(0.05);
    expect(figures.completeness).toBeLessThan(0.05);
    expect(figures.informativeness).toBeGreaterThan(0.95);
  });

  it('is low for noise, which predicts no better than chance', () => {
    const { figures } = measure([1, 2, 3].map(noise));
    expect(figures.disentanglement).toBeLessThan(0.05);
    expect(figures.completeness).toBeLessThan(0.05);
    expectClose(figures.informativeness, (1 / 3 + 1 / 4 + 1 / 5) / 3, { absolute: 0.08 });
    expectClose(figures.predictionError, 1 - figures.informativeness);
  });

  it('stays the same under shift and positive scale of the codes, and nearly under permutation', () => {
    const mixed: Code[] = [([a = 0, b = 0]) => a + b / 2, ([, b = 0, c = 0]) => c - b / 4, ([a = 0, , c = 0]) => a * c];
    const { figures } = measure(mixed);
    const { disentanglement, completeness, informativeness } = figures;
    expect(measure(mixed.map((code, k) => (v, row) => 2 ** (k - 3) * code(v, row) + 8)).figures).toEqual(figures);
    const permuted = measure(mixed.toReversed()).figures; // ties between columns fall otherwise
    expectClose(
      [permuted.disentanglement, permuted.completeness, permuted.informativeness],
      [disentanglement, completeness, informativeness],
      { absolute: 0.03 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { solvePositiveDefinite } from '../../../../core/algebra/cholesky.ts';
import { betaVaeOf } from '../../../../core/metrics/disentanglement/beta-vae.ts';
import { classify, fitSoftmaxRegression } from '../../../../core/metrics/shared/classifiers/softmax-regression.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type Code, factor, factorial, groupsOf, noise } from './tables.ts';

const options = { pairs: 64, trainPoints: 600, testPoints: 600 };
const scoreOf = async (codes: readonly Code[], table = factorial([3, 4, 5])) =>
  (await betaVaeOf(groupsOf(table, codes), randomStream(1), options)).value;

describe('solvePositiveDefinite', () => {
  it('solves A x = b', () => {
    const A = [4, 2, -2, 2, 10, 2, -2, 2, 6];
    const x = [1, -2, 3];
    const b = [0, 1, 2].map((i) => x.reduce((sum, value, j) => sum + (A[3 * i + j] as number) * value, 0));
    expectClose(solvePositiveDefinite(Float64Array.from(A), Float64Array.from(b)), x);
  });
});

describe('fitSoftmaxRegression', () => {
  const gaussian = noise(5);
  const points = Array.from({ length: 200 }, () => [gaussian([], 0), gaussian([], 0)]);
  const labels = Int32Array.from(points, ([a = 0, b = 0]) => (a + gaussian([], 0) / 2 > 0 ? 2 : b > 0.3 ? 1 : 0));
  const classifier = fitSoftmaxRegression({ points, labels, classes: 3 });

  it('ends where the gradient is zero: Σ (p_c − y_c)·x + w_c = 0', () => {
    const gradient = classifier.map((row, c) => {
      const sums = [row[0] as number, row[1] as number, 0];
      points.forEach(([a = 0, b = 0], n) => {
        const odds = classifier.map(([u = 0, v = 0, bias = 0]) => Math.exp(u * a + v * b + bias));
        const p = (odds[c] as number) / odds.reduce((sum, value) => sum + value, 0);
        const residual = p - (labels[n] === c ? 1 : 0);
        [a, b, 1].forEach((x, k) => {
          sums[k] = (sums[k] as number) + residual * x;
        });
      });
      return sums;
    });
    expectClose(
      gradient,
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      { absolute: 1e-4 },
    );
  });

  it('stays finite on classes that a line parts, and parts them', () => {
    const separable = { points: [[-2], [-1], [1], [2]], labels: Int32Array.of(0, 0, 1, 1), classes: 2 };
    const line = fitSoftmaxRegression(separable);
    expect(line.flat().every(Number.isFinite)).toBe(true);
    expect(separable.points.map((point) => classify(line, point))).toEqual([0, 0, 1, 1]);
  });
});

describe('betaVae', () => {
  it('is 1 where each factor has a code of its own, in any order and with copies', async () => {
    expect(await scoreOf([factor(0), factor(1), factor(2)])).toBe(1);
    expect(await scoreOf([noise(1), factor(2), factor(0), factor(1), factor(2)])).toBe(1);
  });

  it('is about 1/F for noise', async () => {
    expectClose(await scoreOf([1, 2, 3].map(noise), factorial([3, 4, 5], { times: 20 })), 1 / 3, { absolute: 0.06 });
  });

  it('gives a code the least weight in the score of the factor that it is', async () => {
    const groups = groupsOf(factorial([4, 4]), [factor(1), factor(0)]);
    const { matrix } = await betaVaeOf(groups, randomStream(1), options);
    expect(matrix[0]?.[1]).toBeLessThan(matrix[0]?.[0] as number);
    expect(matrix[1]?.[0]).toBeLessThan(matrix[1]?.[1] as number);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { codedFactors } from '../../../../core/metrics/evidence/coded-factors.ts';
import { lookUp } from '../../../../core/metrics/evidence/groups.ts';
import { metricNames, metrics } from '../../../../core/metrics/index.ts';
import { type Scores, score } from '../../../../core/metrics/score.ts';
import { namedStream, randomStream } from '../../../../core/random.ts';
import { type Code, codesOf, factor, factorial, noise } from './tables.ts';

const table = factorial([2, 3, 4], { times: 4 });
const blur = noise(6);
const codes: Code[] = [([a = 0], row) => a + blur([], row) / 2, factor(1), ([, b = 0, c = 0]) => c + b / 2, () => 0];
const rows = { factors: table, codesOf: lookUp(codesOf(table, codes)) };
const names = metricNames.filter((name) => metrics[name].needs.join() === 'factors');
const randomOf = (name: string) => namedStream(1, name);
const evidence = () => ({ factors: codedFactors(rows, randomStream(1)) });

describe('the metrics that know the factors', () => {
  let all: Scores = {};
  beforeAll(async () => {
    all = await score(names, evidence(), { randomOf });
  });

  it('give figures in [0, 1], but for counts, and a matrix of codes by factors', () => {
    expect(Object.keys(all)).toEqual(names);
    expect(names).toEqual(expect.arrayContaining(['mig', 'dci', 'sap', 'factor-vae', 'beta-vae']));
    for (const result of Object.values(all)) {
      const {
        value,
        figures = {},
        matrix,
      } = result as { value: number; figures?: { codes?: number }; matrix?: number[][] };
      const { codes = 0, ...shares } = figures;
      expect(codes).toBeLessThanOrEqual(4);
      for (const figure of [value, ...Object.values(shares)]) {
        expect(figure).toBeGreaterThanOrEqual(0);
        expect(figure).toBeLessThanOrEqual(1);
      }
      if (matrix !== undefined) expect(matrix.map((row) => row.length)).toEqual([3, 3, 3, 3]);
    }
  });

  it('give the same figures again, where other metrics are left out', async () => {
    expect(await score(['factor-vae', 'dci'], evidence(), { randomOf })).toEqual({
      dci: all.dci,
      'factor-vae': all['factor-vae'],
    });
  });

  it('encode nothing for no metric', async () => {
    const codesOfRows = () => expect.fail('encoded');
    const factors = codedFactors({ ...rows, codesOf: codesOfRows }, randomStream(1));
    expect(await score([], { factors }, { randomOf })).toEqual({});
  });
});

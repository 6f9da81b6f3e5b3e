import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Disentanglement,
  disentanglementMetricNames,
  disentanglementMetrics,
  measureDisentanglement,
} from '../../../../core/metrics/disentanglement/index.ts';
import { lookUp } from '../../../../core/metrics/evidence/groups.ts';
import { randomStream } from '../../../../core/random.ts';
import { type Code, codesOf, factor, factorial, noise } from './tables.ts';

const table = factorial([2, 3, 4], { times: 4 });
const blur = noise(6);
const codes: Code[] = [([a = 0], row) => a + blur([], row) / 2, factor(1), ([, b = 0, c = 0]) => c + b / 2, () => 0];
const rows = { factors: table, codesOf: lookUp(codesOf(table, codes)) };

describe('measureDisentanglement', () => {
  let all: Disentanglement = {};
  beforeAll(async () => {
    all = await measureDisentanglement(rows, randomStream(1));
  });

  it('gives the figures that the table names, in [0, 1], and a matrix of codes by factors', () => {
    expect(Object.keys(all)).toEqual(disentanglementMetricNames);
    for (const name of disentanglementMetricNames) {
      const { figures, matrix } = all[name] ?? { figures: {}, matrix: [] };
      expect(disentanglementMetrics[name].name).toBe(name);
      expect(Object.keys(figures).toSorted()).toEqual(Object.keys(disentanglementMetrics[name].figures).toSorted());
      for (const figure of Object.values(figures)) {
        expect(figure).toBeGreaterThanOrEqual(0);
        expect(figure).toBeLessThanOrEqual(1);
      }
      expect(matrix.map((row) => row.length)).toEqual([3, 3, 3, 3]);
    }
  });

  it('gives the same figures again, where other metrics are left out', async () => {
    expect(await measureDisentanglement(rows, randomStream(1), ['factorVae', 'dci'])).toEqual({
      dci: all.dci,
      factorVae: all.factorVae,
    });
  });

  it('encodes nothing for no metric', async () => {
    const codesOfRows = () => expect.fail('encoded');
    expect(await measureDisentanglement({ ...rows, codesOf: codesOfRows }, randomStream(1), [])).toEqual({});
  });
});

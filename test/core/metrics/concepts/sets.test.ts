import { describe, expect, it } from 'vitest';
import { active } from '../../../../core/metrics/concepts/active.ts';
import { classInfluence } from '../../../../core/metrics/concepts/class-influence.ts';
import { correlationPairs } from '../../../../core/metrics/concepts/correlation-pairs.ts';
import { mutualInformation } from '../../../../core/metrics/concepts/mutual-information.ts';
import { prototypePurity } from '../../../../core/metrics/concepts/prototype-purity.ts';
import { reconstruction } from '../../../../core/metrics/concepts/reconstruction.ts';
import { totalCorrelation } from '../../../../core/metrics/concepts/total-correlation.ts';
import { modularityOf } from '../../../../core/metrics/disentanglement/modularity.ts';
import { cace } from '../../../../core/metrics/faithfulness/cace.ts';
import { sufficiency } from '../../../../core/metrics/faithfulness/sufficiency.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { normal } from '../../../../core/metrics/search/draws.ts';
import { spearman } from '../../../../core/metrics/shared/spearman.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';
import { conceptWith, evidenceOf } from '../../../helpers/linear-model.ts';

const options = () => ({ random: randomStream(0) });
const ofConcepts = (h: readonly (readonly number[])[]) => ({
  explanations: explanationsFrom(
    h.map(() => [0]),
    h,
    h.map((row) => row.map(() => [1, 0])),
  ),
});

describe('concepts over a set', () => {
  it('are active above a variance of .01', async () => {
    const evidence = ofConcepts([
      [0, 0, 1],
      [0.1, 1, 1],
    ]); // variances .0025, .25, 0
    expect(await active.measure(evidence, options())).toEqual({ value: 1, figures: { concepts: 3, varying: 2 } });
  });

  it('are correlated in pairs, signs aside', async () => {
    // (−1, 0, 1), its opposite, and (1, −2, 1), which is orthogonal; a constant one is left out
    const evidence = ofConcepts([
      [-1, 1, 1, 5],
      [0, 0, -2, 5],
      [1, -1, 1, 5],
    ]);
    const { value, figures } = (await correlationPairs.measure(evidence, options())) as SetValue;
    expectClose([value, figures?.['highest'] as number], [1 / 3, 1]);
  });

  it('know all of each other where one is a function of the other, and by chance little', async () => {
    const h = Array.from({ length: 400 }, (_, n) => [n % 20, (n % 20) ** 2 === 0 ? 0 : n % 20]);
    const { value, figures } = (await mutualInformation.measure(ofConcepts(h), options())) as SetValue;
    expectClose(value, 1);
    expectClose(figures?.['nats'] as number, Math.log(20));
    expect(figures?.['floor']).toBeLessThan(0.3);
  });

  it('have the total correlation of a normal distribution, by both estimates', async () => {
    const random = randomStream(1);
    const rho = 0.8;
    const h = Array.from({ length: 2000 }, () => {
      const [a, b] = [normal(random), normal(random)];
      return [a, rho * a + Math.sqrt(1 - rho ** 2) * b];
    });
    const { value, figures } = (await totalCorrelation.measure(ofConcepts(h), options())) as SetValue;
    const expected = -Math.log(1 - rho ** 2) / 2;
    expectClose(value, expected, { absolute: 0.05 });
    expectClose(figures?.['density'] as number, expected, { absolute: 0.1 });
  });

  it('have no total correlation where one is a sum of others, and need two that vary', async () => {
    const h = Array.from({ length: 200 }, (_, n) => [n % 7, n % 5, (n % 7) + (n % 5)]);
    expect(await totalCorrelation.measure(ofConcepts(h), options())).toMatchObject({ value: null });
    const alone = ofConcepts([
      [1, 0],
      [1, 1],
    ]);
    for (const metric of [correlationPairs, mutualInformation, totalCorrelation]) {
      expect(await metric.measure(alone, options())).toMatchObject({ value: null });
    }
  });

  it('influence classes: the share of the variance between them', async () => {
    // class 0: a = 1, 3; class 1: a = 5, 7 (mean 4): between 2·4 + 2·4, in all 9 + 1 + 1 + 9
    const evidence = {
      explanations: explanationsFrom(
        [[0], [0], [0], [0]],
        [[1], [1], [1], [1]],
        [[[1, 0]], [[3, 0]], [[0, 5]], [[0, 7]]],
      ),
    };
    const result = (await classInfluence.measure(evidence, options())) as SetValue;
    expect(result).toEqual({ value: 0.8, figures: { classes: 2 }, matrix: [[2], [6]] });
  });
});

describe('explanations that are alike', () => {
  it('are enough to tell the class, or not', async () => {
    const theta = (c: number) =>
      c === 0
        ? [
            [1, 0],
            [0, 0],
          ]
        : [
            [0, 0],
            [0, 1],
          ];
    const classes = Array.from({ length: 24 }, (_, n) => n % 2);
    const explanations = explanationsFrom(
      classes.map(() => [0]),
      classes.map(() => [1, 1]),
      classes.map(theta),
    );
    const result = await sufficiency.measure({ explanations }, options());
    expect(result).toEqual({ value: 1, figures: { chance: (2 * 12 * 11) / (24 * 23), inputs: 24 } });
  });
});

describe('with the model', () => {
  it('reconstruction is the mean squared error', async () => {
    const evidence = await evidenceOf([[1, 0.5]], { decode: ([a = 0, b = 0]) => [a - 0.5, b] });
    expectClose((await reconstruction.measure(evidence, options())) as number[], [0.125]);
  });

  it('cace is the change of the mean probability, with its sign', async () => {
    const evidence = await evidenceOf([[0, 0]], { weights: [1, -2] });
    const result = (await cace.measure(evidence, options())) as SetValue;
    const p = (z: number) => 1 / (1 + Math.exp(-z));
    const [first, second] = [p(2) - p(-2), p(-4) - p(4)];
    expectClose(result.matrix as number[][], [
      [first, -first],
      [second, -second],
    ]);
    expectClose(result.value, (first - second) / 2);
    expectClose([result.figures?.['a → yes'], result.figures?.['b → yes']] as number[], [first, second]);
  });

  it('cace names the first of two classes whose effects mirror each other, whichever rounding makes the larger', async () => {
    for (let i = 0; i < 40; i++) {
      const rows = Array.from({ length: 7 }, (_, n) => [Math.sin(i + n), Math.cos(3 * i + n)]);
      const { figures } = (await cace.measure(await evidenceOf(rows, { weights: [1, -2] }), options())) as SetValue;
      expect(Object.keys(figures ?? {})).toEqual(['a → yes', 'b → yes', 'inputs']);
    }
  });

  it('purity is the share of the most frequent class', async () => {
    const concept = {
      ...conceptWith('a', [-2, -1, 0, 1, 2], 0),
      prototypes: [1, 2, 3, 4],
      prototypeLabels: [0, 0, 0, 1],
    };
    const low = { lowPrototypes: [5, 6], lowPrototypeLabels: [0, 1] };
    const evidence = await evidenceOf([[0, 0]], {
      manifest: { concepts: [{ ...concept, ...low }, conceptWith('b', [0, 0, 0, 0, 1])] },
    });
    expect(await prototypePurity.measure(evidence, options())).toEqual({
      value: 0.625,
      figures: { lowest: 0.5, ends: 2 },
    });
    expect(await prototypePurity.measure(await evidenceOf([[0, 0]]), options())).toMatchObject({ value: null });
  });
});

describe('modularity', () => {
  const factor = (name: string, values: number[]) => ({
    name,
    kind: 'ordinal' as const,
    size: 2,
    values: Int32Array.from(values),
  });
  const factors = [factor('x', [0, 0, 1, 1]), factor('y', [0, 1, 0, 1])];

  it('is 1 where each code knows one factor, 0 where one knows both alike', () => {
    expect(modularityOf({ codes: [Float32Array.of(0, 0, 1, 1), Float32Array.of(3, 3, 3, 3)], factors })).toMatchObject({
      value: 1,
      figures: { codes: 1 },
    });
    expectClose(modularityOf({ codes: [Float32Array.of(0, 1, 2, 3)], factors }).value, 0);
  });
});

describe('spearman', () => {
  it('compares ranks, ties in the middle', () => {
    expectClose(spearman([1, 2, 3], [1, 10, 100]) as number, 1);
    // ranks 0 1.5 1.5 3 against 0 1 2 3: 4.5 / √(4.5·5)
    expectClose(spearman([1, 2, 2, 5], [1, 2, 3, 4]) as number, 4.5 / Math.sqrt(4.5 * 5));
    expect(spearman([1, 1], [1, 2])).toBeNull();
  });
});

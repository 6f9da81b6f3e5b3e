import type { RandomStream } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { type CodedGroups, forEachGroup } from '../evidence/groups.ts';
import { defineMetric } from '../metric.ts';
import { classify, fitSoftmaxRegression, type LabelledPoints } from '../shared/classifiers/softmax-regression.ts';
import type { MatrixValue } from './matrix.ts';

/** The β-VAE score: can a line tell which factor two rows share? */

declare module '../metric.ts' {
  interface MetricScopes {
    'beta-vae': 'set';
  }
}

/**
 * β-VAE score: how often a linear classifier tells which factor the rows of each pair have in common, from the mean
 * difference |z − z′| of each code over 64 pairs, each pair with a value of its own; accuracy on points held out.
 * 1 where the codes tell the factors apart, which codes that mix factors may do too; about 1/F for codes that know
 * nothing. The classifier's ridge sees the codes' units, so the score is not invariant under scaling.
 *
 * `matrix`: weight of each code in the score of each factor, logits per code unit.
 */
export const betaVae = defineMetric({
  name: 'beta-vae',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source:
    'Higgins et al. 2017, "beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework", section 3',
  cannotTell:
    'whether each factor has a code of its own: a line through codes that mix factors tells them apart as well',
  measure: async ({ factors }, { random }) => betaVaeOf(factors.groups(), random),
});

export interface BetaVaeOptions {
  /** L, pairs of rows behind a point */
  readonly pairs: number;
  readonly trainPoints: number;
  readonly testPoints: number;
}

/** As Locatello et al. 2019 (appendix). */
export const betaVaeDefaults: BetaVaeOptions = { pairs: 64, trainPoints: 10_000, testPoints: 5_000 };

/** Mean over the pairs of |difference| in each code. @param codes `[2·L, K]`, row i paired with row L + i @returns `[K]` */
function meanDifference({ shape: [rows = 0, K = 0], data }: Tensor): number[] {
  const L = rows / 2;
  return Array.from({ length: K }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < L; i++) sum += Math.abs((data[i * K + k] as number) - (data[(L + i) * K + k] as number));
    return sum / L;
  });
}

/** See `betaVae`. */
export async function betaVaeOf(
  groups: CodedGroups,
  random: RandomStream,
  { pairs, trainPoints, testPoints }: BetaVaeOptions = betaVaeDefaults,
): Promise<MatrixValue> {
  const drawPairs = (f: number): Int32Array => {
    const first = groups.draw(pairs, random);
    return Int32Array.from([...first, ...groups.partners(f, first, random)]);
  };
  const drawPoints = async (count: number): Promise<LabelledPoints> => {
    const points: number[][] = [];
    const labels: number[] = [];
    await forEachGroup(groups, count, random, drawPairs, (f, codes) => {
      points.push(meanDifference(codes));
      labels.push(f);
    });
    return { points, labels: Int32Array.from(labels), classes: groups.factors.length };
  };

  const classifier = fitSoftmaxRegression(await drawPoints(trainPoints));
  const { points, labels } = await drawPoints(testPoints);
  const right = points.filter((point, n) => classify(classifier, point) === labels[n]);
  const K = points[0]?.length ?? 0;
  return {
    value: right.length / testPoints,
    matrix: Array.from({ length: K }, (_, k) => classifier.map((row) => row[k] as number)),
  };
}

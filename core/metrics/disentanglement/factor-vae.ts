import type { RandomStream } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { type CodedGroups, forEachGroup } from '../evidence/groups.ts';
import { defineMetric } from '../metric.ts';
import type { MatrixValue } from './matrix.ts';

/** The FactorVAE score: which code stands still where a factor does? */

declare module '../metric.ts' {
  interface MetricScopes {
    'factor-vae': 'set';
  }
}

/**
 * FactorVAE score. Rows that share the value of one factor vote for the code whose variance among them is least,
 * relative to its variance over all rows; the classifier says for each code the factor that most of the training votes
 * came from. The score is its accuracy on votes of their own. 1 where each factor is held still by a code that no
 * other factor holds still; about 1/F for codes that know nothing; 0 where every code is dead.
 *
 * `matrix`: the training votes, a count.
 */
export const factorVae = defineMetric({
  name: 'factor-vae',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Kim & Mnih 2018, "Disentangling by Factorising", section 4',
  cannotTell: 'how much else a code knows: the code that is stillest gets the vote, however mixed it is otherwise',
  measure: async ({ factors }, { random }) => factorVaeOf(factors.groups(), random),
});

export interface FactorVaeOptions {
  /** L, rows in a group */
  readonly groupSize: number;
  readonly trainVotes: number;
  readonly testVotes: number;
  /** Rows from which the variance of each code is estimated. */
  readonly varianceRows: number;
  /** Codes of less variance than this are dead and get no vote; squared units of a code whose prior has variance 1. */
  readonly deadVariance: number;
}

/** As Locatello et al. 2019 (appendix). */
export const factorVaeDefaults: FactorVaeOptions = {
  groupSize: 64,
  trainVotes: 10_000,
  testVotes: 5_000,
  varianceRows: 10_000,
  deadVariance: 0.05,
};

/** Unbiased variance of each column. @param codes `[M, K]`, M at least 2 @returns `[K]` */
export function variances({ shape: [M = 0, K = 0], data }: Tensor): number[] {
  return Array.from({ length: K }, (_, k) => {
    let sum = 0;
    for (let m = 0; m < M; m++) sum += data[m * K + k] as number;
    const mean = sum / M;
    let squares = 0;
    for (let m = 0; m < M; m++) squares += ((data[m * K + k] as number) - mean) ** 2;
    return squares / (M - 1);
  });
}

/** Index of the least value, the first of equals. */
function argmin(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value < (values[best] as number) ? i : best), 0);
}

/** See `factorVae`. */
export async function factorVaeOf(
  groups: CodedGroups,
  random: RandomStream,
  { groupSize, trainVotes, testVotes, varianceRows, deadVariance }: FactorVaeOptions = factorVaeDefaults,
): Promise<MatrixValue> {
  const F = groups.factors.length;
  const overall = variances(await groups.encode(groups.draw(varianceRows, random)));
  const alive = Array.from(overall.keys()).filter(
    (k) => (overall[k] as number) >= Math.max(deadVariance, Number.MIN_VALUE),
  );
  const noVotes = () => overall.map(() => new Array<number>(F).fill(0));
  if (alive.length === 0) return { value: 0, matrix: noVotes() };

  const vote = async (count: number): Promise<number[][]> => {
    const votes = noVotes();
    const sharing = (f: number) => {
      const [row = 0] = groups.draw(1, random);
      return groups.partners(f, new Int32Array(groupSize).fill(row), random);
    };
    await forEachGroup(groups, count, random, sharing, (f, codes) => {
      const within = variances(codes);
      const k = alive[argmin(alive.map((code) => (within[code] as number) / (overall[code] as number)))] as number;
      const ofCode = votes[k] as number[];
      ofCode[f] = (ofCode[f] as number) + 1;
    });
    return votes;
  };

  const matrix = await vote(trainVotes);
  const factorOf = matrix.map((ofCode) => ofCode.indexOf(Math.max(...ofCode)));
  const tests = await vote(testVotes);
  const right = tests.reduce((sum, ofCode, k) => sum + (ofCode[factorOf[k] as number] as number), 0);
  return { value: right / testVotes, matrix };
}

import type { RandomStream } from '../../../random.ts';
import { countsOf, type Discrete } from '../information.ts';
import { binRows, cutsOf } from './bins.ts';
import { leafOf, type Tree, treeGrower } from './tree.ts';

/** The classifier behind DCI: trees whose splits say which code matters for which factor. */

export interface BoostingOptions {
  /** Trees of each class. */
  readonly rounds: number;
  readonly learningRate: number;
  readonly depth: number;
}

/** As scikit-learn's `GradientBoostingClassifier` has them, with which Locatello et al. 2019 measured. */
export const boostingDefaults: BoostingOptions = { rounds: 100, learningRate: 0.1, depth: 3 };

export interface BoostedTrees {
  /** `[K]`, share of each column in the total decrease of impurity; all 0 where no tree has a split */
  readonly importances: readonly number[];
  /** Most probable class of each row, the first of equals. @param columns K columns `[M]` @returns `[M]` */
  predict(columns: readonly Float32Array[]): Int32Array;
}

/** `probabilities[c][n]` = softmax over the classes of `scores[·][n]`. */
function softmaxInto(probabilities: readonly Float64Array[], scores: readonly Float64Array[]): void {
  const N = scores[0]?.length ?? 0;
  const highest = new Float64Array(N).fill(Number.NEGATIVE_INFINITY);
  const totals = new Float64Array(N);
  for (const score of scores) {
    for (let n = 0; n < N; n++) highest[n] = Math.max(highest[n] as number, score[n] as number);
  }
  scores.forEach((score, c) => {
    const probability = probabilities[c] as Float64Array;
    for (let n = 0; n < N; n++) {
      probability[n] = Math.exp((score[n] as number) - (highest[n] as number));
      totals[n] = (totals[n] as number) + (probability[n] as number);
    }
  });
  for (const probability of probabilities) {
    for (let n = 0; n < N; n++) probability[n] = (probability[n] as number) / (totals[n] as number);
  }
}

/** `scores += rate·values` */
function addInto(scores: Float64Array, values: Float64Array, rate: number): void {
  for (let n = 0; n < scores.length; n++) scores[n] = (scores[n] as number) + rate * (values[n] as number);
}

/**
 * Gradient boosted trees for classification (Friedman 2001, "Greedy Function Approximation", algorithm 6): every
 * round fits one regression tree a class to the residuals `y_c − p_c` of the softmax, and gives each leaf one Newton
 * step, `(C − 1)/C · Σ r / Σ |r|(1 − |r|)`. Scores start at the log of the classes' frequencies.
 * @param columns K columns `[N]`
 * @param labels over the same rows; classes that do not occur are never predicted
 */
export function fitBoostedTrees(
  columns: readonly Float32Array[],
  labels: Discrete,
  random: RandomStream,
  { rounds, learningRate, depth }: BoostingOptions = boostingDefaults,
): BoostedTrees {
  const N = labels.values.length;
  const counts = countsOf(labels);
  const classes = Array.from(counts.keys()).filter((c) => (counts[c] as number) > 0);
  const priors = classes.map((c) => Math.log((counts[c] as number) / N));
  const C = classes.length;

  const cuts = columns.map(cutsOf);
  const grow = treeGrower(binRows(columns, cuts));
  const scores = priors.map((prior) => new Float64Array(N).fill(prior));
  const probabilities = classes.map(() => new Float64Array(N));
  const residuals = new Float64Array(N);
  const gains = new Float64Array(columns.length);
  const forest: Tree[][] = classes.map(() => []);

  const newtonStep = (rows: Int32Array): number => {
    let [numerator, denominator] = [0, 0];
    for (let i = 0; i < rows.length; i++) {
      const residual = residuals[rows[i] as number] as number;
      numerator += residual;
      denominator += Math.abs(residual) * (1 - Math.abs(residual));
    }
    return denominator === 0 ? 0 : (((C - 1) / C) * numerator) / denominator;
  };

  for (let round = 0; round < rounds; round++) {
    softmaxInto(probabilities, scores);
    classes.forEach((label, c) => {
      const probability = probabilities[c] as Float64Array;
      for (let n = 0; n < N; n++) {
        residuals[n] = (labels.values[n] === label ? 1 : 0) - (probability[n] as number);
      }
      const grown = grow({ targets: residuals, depth, leafValue: newtonStep, random });
      forest[c]?.push(grown.tree);
      addInto(gains, grown.gains, 1);
      addInto(scores[c] as Float64Array, grown.fitted, learningRate);
    });
  }

  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return {
    importances: Array.from(gains, (gain) => (total === 0 ? 0 : gain / total)),
    predict: (rows) => {
      const { rows: M, bins } = binRows(rows, cuts);
      return Int32Array.from({ length: M }, (_, m) => {
        let best = { score: Number.NEGATIVE_INFINITY, label: 0 };
        forest.forEach((trees, c) => {
          let score = priors[c] as number;
          for (const tree of trees) score += learningRate * leafOf(tree, bins, m * columns.length);
          if (score > best.score) best = { score, label: classes[c] as number };
        });
        return best.label;
      });
    },
  };
}

import { solvePositiveDefinite } from '../../../algebra/cholesky.ts';

/** Labelled points. N points of K features, C classes. */
export interface LabelledPoints {
  /** N rows `[K]` */
  readonly points: readonly (readonly number[])[];
  /** `[N]`, in `0 … classes − 1` */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** `[C, K + 1]`: row c holds the K weights of class c, then its bias. */
export type LinearClassifier = readonly (readonly number[])[];

/** Weight of ½‖w‖² beside the summed cross-entropy, as scikit-learn's `LogisticRegression` has it. */
const RIDGE = 1;

/** The biases are free to move together at no cost; this pins them, and is too small to show in any figure. */
const BIAS_RIDGE = 1e-6;

const MOST_STEPS = 100;

/** Newton's method has arrived when a step promises to lower the loss by less than this, in nats over all points. */
const ARRIVED = 1e-8;

/** Class scores of a point: `[C]`, logits. */
function scoresOf(classifier: LinearClassifier, point: readonly number[]): number[] {
  return classifier.map((row) =>
    row.reduce((sum, weight, k) => sum + weight * (k < point.length ? (point[k] as number) : 1), 0),
  );
}

function logSumExp(scores: readonly number[]): number {
  const highest = Math.max(...scores);
  return highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
}

const ridgeOf = (k: number, K: number): number => (k < K ? RIDGE : BIAS_RIDGE);

/** Cross-entropy, summed over the points, and the ridge: nats. */
function lossOf(classifier: LinearClassifier, { points, labels }: LabelledPoints): number {
  const K = points[0]?.length ?? 0;
  let loss = 0;
  for (const row of classifier) {
    row.forEach((weight, k) => {
      loss += 0.5 * ridgeOf(k, K) * weight ** 2;
    });
  }
  points.forEach((point, n) => {
    const scores = scoresOf(classifier, point);
    loss += logSumExp(scores) - (scores[labels[n] as number] as number);
  });
  return loss;
}

/** Gradient `[D]` and Hessian `[D, D]` of the loss by the D = C·(K + 1) parameters, of which the lower triangle. */
function derivatives(
  classifier: LinearClassifier,
  { points, labels, classes: C }: LabelledPoints,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const K = points[0]?.length ?? 0;
  const width = K + 1;
  const D = C * width;
  const gradient = new Float64Array(D);
  const hessian = new Float64Array(D * D);
  classifier.flat().forEach((weight, d) => {
    gradient[d] = ridgeOf(d % width, K) * weight;
    hessian[d * D + d] = ridgeOf(d % width, K);
  });
  points.forEach((point, n) => {
    const scores = scoresOf(classifier, point);
    const norm = logSumExp(scores);
    const p = scores.map((score) => Math.exp(score - norm));
    const x = [...point, 1];
    for (let c = 0; c < C; c++) {
      const pc = p[c] as number;
      const residual = pc - (labels[n] === c ? 1 : 0);
      for (let i = 0; i < width; i++)
        gradient[c * width + i] = (gradient[c * width + i] as number) + residual * (x[i] as number);
      for (let other = 0; other <= c; other++) {
        const curvature = pc * ((c === other ? 1 : 0) - (p[other] as number));
        for (let i = 0; i < width; i++) {
          const start = (c * width + i) * D + other * width;
          const scaled = curvature * (x[i] as number);
          for (let j = 0; j < width; j++)
            hessian[start + j] = (hessian[start + j] as number) + scaled * (x[j] as number);
        }
      }
    }
  });
  return { gradient, hessian };
}

/**
 * Multinomial logistic regression with a ridge on the weights: the one minimum of a strictly convex loss, found by
 * Newton's method with steps that are halved until the loss falls.
 */
export function fitSoftmaxRegression(data: LabelledPoints): LinearClassifier {
  const width = (data.points[0]?.length ?? 0) + 1;
  let classifier: LinearClassifier = Array.from({ length: data.classes }, () => new Array<number>(width).fill(0));
  let loss = lossOf(classifier, data);
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    const { gradient, hessian } = derivatives(classifier, data);
    const step = solvePositiveDefinite(hessian, gradient);
    const promise = 0.5 * gradient.reduce((sum, slope, d) => sum + slope * (step[d] as number), 0);
    if (promise < ARRIVED) break;
    for (let length = 1; length > 2 ** -30; length /= 2) {
      const next = classifier.map((row, c) =>
        row.map((weight, k) => weight - length * (step[c * width + k] as number)),
      );
      const lossThere = lossOf(next, data);
      if (lossThere >= loss) continue;
      [classifier, loss] = [next, lossThere];
      break;
    }
  }
  return classifier;
}

/** The class of the highest score, the first of equals. @param point `[K]` */
export function classify(classifier: LinearClassifier, point: readonly number[]): number {
  const scores = scoresOf(classifier, point);
  return scores.indexOf(Math.max(...scores));
}

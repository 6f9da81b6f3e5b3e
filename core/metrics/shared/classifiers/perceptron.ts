import type { RandomStream } from '../../../random.ts';
import type { LabelledPoints } from './softmax-regression.ts';

/** A small network with one hidden layer, learned by plain code: what a line through the concepts cannot tell. */

export interface PerceptronOptions {
  /** Hidden units. */
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  /** Step of Adam (Kingma & Ba 2015); it falls to 0 along a half cosine. */
  readonly rate: number;
}

/** On the concepts of mnist-disenn four times the units or three times the epochs tell at most 0.4 points more. */
export const perceptronDefaults: PerceptronOptions = { hidden: 64, epochs: 20, batch: 64, rate: 0.005 };

/** Adam's decay of the mean and of the square, and what keeps it from dividing by 0. */
const [DECAY, SQUARE_DECAY, EPSILON] = [0.9, 0.999, 1e-8];

/** The class of a point `[K]`: that of the highest score, the first of equals. */
export type Perceptron = (point: readonly number[]) => number;

/** A draw from [−limit, limit), as Glorot & Bengio 2010 have it. */
const uniform = (random: RandomStream, limit: number): number => limit * ((2 * random.integer(2 ** 24)) / 2 ** 24 - 1);

/** Parameters in one row: hidden weights `[H, K + 1]`, output weights `[C, H + 1]`, biases last in each row. */
function initial({ K, H, C }: { K: number; H: number; C: number }, random: RandomStream): Float64Array {
  const parameters = new Float64Array(H * (K + 1) + C * (H + 1));
  const [below, above] = [Math.sqrt(6 / (K + H)), Math.sqrt(6 / (H + C))];
  for (let i = 0; i < parameters.length; i++) {
    const first = i < H * (K + 1);
    const at = first ? i % (K + 1) : (i - H * (K + 1)) % (H + 1);
    if (at < (first ? K : H)) parameters[i] = uniform(random, first ? below : above);
  }
  return parameters;
}

/** Rectified hidden units and class scores of a point, into `hidden [H]` and `scores [C]`. */
function run(parameters: Float64Array, point: readonly number[], hidden: Float64Array, scores: Float64Array): void {
  const [K, H, C] = [point.length, hidden.length, scores.length];
  for (let j = 0; j < H; j++) {
    const row = j * (K + 1);
    let sum = parameters[row + K] as number;
    for (let k = 0; k < K; k++) sum += (parameters[row + k] as number) * (point[k] as number);
    hidden[j] = Math.max(0, sum);
  }
  for (let c = 0; c < C; c++) {
    const row = H * (K + 1) + c * (H + 1);
    let sum = parameters[row + H] as number;
    for (let j = 0; j < H; j++) sum += (parameters[row + j] as number) * (hidden[j] as number);
    scores[c] = sum;
  }
}

/**
 * Learns to tell the classes of points by the mean cross-entropy. Deterministic by its stream.
 * @param data K features a point, about 0 and of a size of about 1
 */
export function fitPerceptron(
  { points, labels, classes: C }: LabelledPoints,
  random: RandomStream,
  { hidden: H, epochs, batch, rate }: PerceptronOptions = perceptronDefaults,
): Perceptron {
  const K = points[0]?.length ?? 0;
  const parameters = initial({ K, H, C }, random);
  const [gradient, mean, square] = [0, 1, 2].map(() => new Float64Array(parameters.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [hidden, scores, pulled] = [new Float64Array(H), new Float64Array(C), new Float64Array(H)];
  const top = H * (K + 1);

  /** Adds a point's gradient. */
  const learn = (point: readonly number[], label: number, weight: number): void => {
    run(parameters, point, hidden, scores);
    const highest = Math.max(...scores);
    let total = 0;
    for (let c = 0; c < C; c++) total += Math.exp((scores[c] as number) - highest);
    pulled.fill(0);
    for (let c = 0; c < C; c++) {
      const residual = weight * (Math.exp((scores[c] as number) - highest) / total - (c === label ? 1 : 0));
      const row = top + c * (H + 1);
      for (let j = 0; j < H; j++) {
        gradient[row + j] = (gradient[row + j] as number) + residual * (hidden[j] as number);
        pulled[j] = (pulled[j] as number) + residual * (parameters[row + j] as number);
      }
      gradient[row + H] = (gradient[row + H] as number) + residual;
    }
    for (let j = 0; j < H; j++) {
      if ((hidden[j] as number) === 0) continue;
      const [row, slope] = [j * (K + 1), pulled[j] as number];
      for (let k = 0; k < K; k++) gradient[row + k] = (gradient[row + k] as number) + slope * (point[k] as number);
      gradient[row + K] = (gradient[row + K] as number) + slope;
    }
  };

  const steps = epochs * Math.ceil(points.length / batch);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(points.length);
    for (let start = 0; start < order.length; start += batch) {
      const rows = order.subarray(start, start + batch);
      gradient.fill(0);
      for (const n of rows) learn(points[n] as readonly number[], labels[n] as number, 1 / rows.length);
      step += 1;
      const falling = (rate * (1 + Math.cos((Math.PI * (step - 1)) / steps))) / 2;
      const scaled = (falling * Math.sqrt(1 - SQUARE_DECAY ** step)) / (1 - DECAY ** step);
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i] as number;
        mean[i] = DECAY * (mean[i] as number) + (1 - DECAY) * g;
        square[i] = SQUARE_DECAY * (square[i] as number) + (1 - SQUARE_DECAY) * g * g;
        parameters[i] =
          (parameters[i] as number) - (scaled * (mean[i] as number)) / (Math.sqrt(square[i] as number) + EPSILON);
      }
    }
  }
  return (point) => {
    const [units, classScores] = [new Float64Array(H), new Float64Array(C)];
    run(parameters, point, units, classScores);
    return classScores.indexOf(Math.max(...classScores));
  };
}

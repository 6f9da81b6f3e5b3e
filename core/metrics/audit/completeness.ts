import { batchSize, rowOf, type Tensor } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { fitPerceptron } from '../shared/classifiers/perceptron.ts';
import { classify, fitSoftmaxRegression } from '../shared/classifiers/softmax-regression.ts';
import { spreadRows } from '../shared/spread.ts';
import { accuracyOf, chanceOf, meanOf, rightOnes } from './decision.ts';

/** Do the concepts know enough to decide? Asked by letting others decide from them alone. */

declare module '../metric.ts' {
  interface MetricScopes {
    completeness: 'set';
  }
}

/**
 * How much of the model's accuracy above chance can be had from the concepts alone: (best − chance) / (accuracy −
 * chance), where "best" is the better of a logistic regression and a network with one hidden layer of 64 units, learned
 * from at most 20,000 training inputs' standardised concepts and tested on the scored set. 1: the concepts hold all that
 * the decision needs; less: the model knows what its concepts do not; more than 1: it makes less of them than there is.
 * Concepts that do not vary over the training inputs are left out.
 *
 * Figures beside it: `accuracyOfConcepts` (the best), `logistic` and `network` (each), `accuracy` of the model, `chance`,
 * and `trainingInputs`. The regression learns from fewer where its parameters are many (`NEWTON_WORK`). No value where
 * the model is no better than chance.
 */
export const completeness = defineMetric({
  name: 'completeness',
  needs: ['explanations', 'labels', 'training'],
  scope: 'set',
  direction: 'higher',
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source:
    'Yeh et al. 2020, "On Completeness-aware Concept-Based Explanations in Deep Neural Networks", section 3; with classifiers of its own',
  cannotTell: 'whether the model decides from the concepts: only that it could',
  async measure({ explanations: { concepts, relevances, predicted }, labels, training }, { random, onProgress }) {
    const [accuracy, chance] = [accuracyOf(labels, predicted), chanceOf(labels)];
    if (accuracy <= chance) return noValue('the model is no better than chance on these inputs');
    const learned = await training();
    const [M, N, classes] = [batchSize(learned.concepts), batchSize(concepts), relevances.shape[2] ?? 0];
    const standardise = standardiser(learned.concepts);
    const points = Array.from({ length: M }, (_, m) => standardise(rowOf(learned.concepts, m)));
    const tested = Array.from({ length: N }, (_, n) => standardise(rowOf(concepts, n)));
    const parameters = classes * ((points[0]?.length ?? 0) + 1);
    const fewer = spreadRows(M, Math.max(1, Math.floor(NEWTON_WORK / parameters ** 2)));
    const line = fitSoftmaxRegression({
      points: Array.from(fewer, (m) => points[m] as number[]),
      labels: fewer.map((m) => learned.labels[m] as number),
      classes,
    });
    onProgress?.(1, 2);
    const network = fitPerceptron({ points, labels: learned.labels, classes }, random);
    onProgress?.(2, 2);
    const byLine = rightOnes(labels, (n) => classify(line, tested[n] as number[]));
    const byNetwork = rightOnes(labels, (n) => network(tested[n] as number[]));
    const [logistic, ofNetwork] = [meanOf(byLine), meanOf(byNetwork)];
    const best = Math.max(logistic, ofNetwork);
    const own = rightOnes(labels, (n) => predicted[n] as number);
    return {
      value: (best - chance) / (accuracy - chance),
      figures: { accuracyOfConcepts: best, logistic, network: ofNetwork, accuracy, chance, trainingInputs: M },
      terms: {
        of: (logistic >= ofNetwork ? byLine : byNetwork).map((right) => right - chance),
        over: own.map((right) => right - chance),
      },
    };
  },
});

/** Inputs times squared parameters that a step of the regression costs at most: some seconds. */
const NEWTON_WORK = 2e9;

/** From concepts `[K]` to those that vary over the rows, with mean 0 and deviation 1 there. @param rows `[M, K]` */
function standardiser(rows: Tensor): (row: Float32Array) => number[] {
  const [M, K] = [batchSize(rows), rows.shape[1] ?? 0];
  const columns = Array.from({ length: K }, (_, k) => {
    let [mean, squares] = [0, 0];
    for (let m = 0; m < M; m++) mean += (rows.data[m * K + k] as number) / M;
    for (let m = 0; m < M; m++) squares += ((rows.data[m * K + k] as number) - mean) ** 2 / M;
    return { k, mean, deviation: Math.sqrt(squares) };
  }).filter(({ mean, deviation }) => deviation > CONSTANT * Math.max(1, Math.abs(mean)));
  return (row) => columns.map(({ k, mean, deviation }) => ((row[k] as number) - mean) / deviation);
}

/** A deviation of at most this share of the mean is rounding of float32. */
const CONSTANT = 1e-6;

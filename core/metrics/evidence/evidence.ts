import type { Tensor } from '../../tensor.ts';
import type { NoValue } from '../no-value.ts';
import type { Ball } from './ball.ts';
import type { CodedFactors } from './coded-factors.ts';
import type { DecodedMoves } from './decoded-moves.ts';
import type { Explanations } from './explanations.ts';
import type { Removals } from './removals.ts';
import type { ScoredModel } from './scored-model.ts';
import type { LabelledConcepts } from './training-concepts.ts';

/**
 * Everything that a scored set and its model can tell a metric. A metric declares what it needs of it (`needs` in
 * ../metric.ts) and is handed that and nothing else: what it did not ask for, it cannot read.
 */
export interface Evidence {
  /** The inputs, and h and θ of each: computed once and shared by all metrics. */
  readonly explanations: Explanations;
  /** The class that the model gives each input: all that a black box tells of it. */
  readonly predictions: Pick<Explanations, 'predicted'>;
  /** The model itself, for metrics that change an input or a concept and look again. */
  readonly predictor: ScoredModel;
  /**
   * What the model makes of its concepts when they are moved over their ranges, decoded and read again: computed when
   * first asked for, and shared by all metrics. No value for a model without a decoder or without concepts that move.
   */
  readonly moves: (onProgress?: (done: number, total: number) => void) => Promise<DecodedMoves | NoValue>;
  /** What random changes within a small ball around each input change: drawn once, and shared by all metrics. */
  readonly ball: (onProgress?: (done: number, total: number) => void) => Promise<Ball>;
  /**
   * What the model makes of its concepts when some of them are taken away, decoded and read again: each set of them once,
   * for all metrics. No value for a model without a decoder, or without the means of its concepts.
   */
  readonly removals: Removals | NoValue;
  /** Concepts and classes of training inputs, for what must be learned from others than those that are scored. */
  readonly training: () => Promise<LabelledConcepts>;
  /** The generative factors behind the inputs, and the concepts as codes of them. */
  readonly factors: CodedFactors;
  /** `[N]`, index of each input's true class */
  readonly labels: Int32Array;
  /** Where the parts of what an input shows are. */
  readonly parts: NamedParts;
}

export type Need = keyof Evidence;

/** True places of named parts (a beak, a wing) in images. P parts. */
export interface NamedParts {
  /** `[P]` */
  readonly names: readonly string[];
  /** `[N, P, 2]`, x and y as shares of width and height; NaN for a part that cannot be seen */
  readonly places: Tensor;
}

/** Each need in words, for the error that says that it is not met. */
export const needDescriptions = {
  explanations: 'concepts and relevances of each input',
  predictions: 'the predicted class of each input',
  predictor: 'the graphs of the model',
  moves: 'the graphs of the model',
  ball: 'the graphs of the model',
  removals: 'the graphs of the model',
  training: 'labelled inputs of the training split beside those that are scored',
  factors: 'generative factors that vary over the inputs',
  labels: 'the true classes of the inputs',
  parts: 'the places of the parts in each image',
} as const satisfies Record<Need, string>;

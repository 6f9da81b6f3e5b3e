import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { ArtefactName } from '../../core/artefacts/index.ts';
import type { Ports } from '../../core/graphs.ts';
import type { GraphName, Manifest } from '../../core/manifest.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { CommonConfig } from '../config/common.ts';
import type { Dataset, FeatureScaling } from '../datasets/dataset.ts';
import type { Batch, LossWeights, Terms } from '../losses/terms.ts';
import type { NamedNetworks, Task } from '../networks/networks.ts';

/**
 * What a kind of model is to the rest of the project: its configuration, its networks, what they learn from, and what
 * it can show of itself. Nothing outside `kinds/` knows one kind from another: a new one is a folder that makes one of
 * these, and a row in `index.ts`.
 */

/** The graphs that a kind exports, each a network of the same name. What a run trains besides stays in its run folder. */
export type Graphs = Readonly<Partial<Record<GraphName, Ports>> & Record<'conceptizer' | 'parameterizer', Ports>>;

/** What a kind may scale inputs by: the data set's own scaling, and the training inputs. */
export type ScaledData = Pick<Dataset, 'scaling' | 'train'>;

/** A part of a run: for how long which networks learn, and by which loss. */
export interface Phase {
  readonly epochs: number;
  /** Names of the networks whose weights change. */
  readonly trains: readonly string[];
  /** Whether logits are learnt, so that the held-out inputs tell something. */
  readonly supervised: boolean;
  /** The terms of the loss with their weights at a step of the phase: the same terms at every step. */
  weightsAt(step: number): LossWeights;
}

/** What a loss is computed with besides the batch. */
export interface LossContext<Config> {
  readonly config: Config;
  /** The terms that are wanted, and how much each weighs. */
  readonly weights: LossWeights;
  /** Inputs in the training set. */
  readonly count: number;
  /** Seeds whatever a step of training samples or drops. */
  readonly random: RandomStream;
}

/** What an evaluation is computed with besides the batch. */
export interface EvaluationContext<Config> {
  readonly config: Config;
  /** Inputs in the whole set. */
  readonly count: number;
  /** Also what takes many times the work of a forward pass, as the exact robustness loss does. */
  readonly thorough: boolean;
}

/**
 * Members that are called are methods, not properties: TypeScript then lets a kind of one configuration stand among
 * kinds of any, and each is only ever given configurations and networks of its own.
 */
export interface Kind<Config extends CommonConfig = CommonConfig, Networks extends NamedNetworks = NamedNetworks> {
  /** What the kind is called in a sentence, as "a DiSENN". */
  readonly title: string;
  /** A sentence for `senn kinds`, with its source. */
  readonly description: string;
  /** Of the whole configuration, made with `kindSchema`; it gives a `Config`. */
  readonly schema: z.ZodType;
  /** The graphs that a model of the kind has, where its configuration does not change them. */
  readonly graphs: Graphs;
  /** What an explanation can be made of; a run that is exported must show exactly these. */
  readonly artefacts: readonly ArtefactName[];
  /** Every term that a loss of this kind may have, in the order of reports and of `metrics.csv`. */
  readonly terms: readonly string[];
  /** Every figure of an evaluation on held-out inputs, likewise. */
  readonly figures: readonly string[];

  /** The graphs of a configuration, where it says what they take: a θ that reads something else. */
  graphsOf?(config: Config): Graphs;

  /** How the input is scaled for the networks; nothing where they take it as it is. @throws invalid_config */
  scaling(config: Config, dataset: ScaledData): readonly FeatureScaling[] | undefined;

  /** The networks, in their own units, seeded. @throws invalid_config where they do not fit the task */
  create(config: Config, task: Task, random: RandomStream): Networks;

  phases(config: Config): readonly Phase[];

  /** The terms of the loss on a batch of training, each a mean over the batch, and their weighted sum, `loss`. */
  loss(networks: Networks, batch: Batch, context: LossContext<Config>): Terms;

  /** Means over a batch in evaluation: nothing sampled, nothing dropped. With `accuracy` and `classification`. */
  evaluate(networks: Networks, batch: Batch, context: EvaluationContext<Config>): Readonly<Record<string, tf.Scalar>>;

  /** Whether the last concept is one that is always 1, so that its relevances are the bias of the logits. */
  hasBias(config: Config): boolean;

  /** What a picture needs to be of a class for others too, where the configuration has trained the decoder for that. */
  counterfactualOf?(config: Config): Manifest['counterfactual'];

  /** What the concepts are called where the configuration does not say it: `[count]`, without the bias. */
  conceptNames(config: Config, input: Manifest['input'], count: number): string[];

  /** The class that each concept speaks for, where θ gives it one whatever the input, of trained networks: `[K]`. */
  labelsOf?(networks: Networks): readonly number[];

  /**
   * Images or rows that belong to the model and not to an input, of trained networks: one row a concept, in the units
   * and the layout of `input`, `[K, P, …]`.
   */
  statics?(networks: Networks): Readonly<Partial<Record<ArtefactName, Tensor>>>;
}

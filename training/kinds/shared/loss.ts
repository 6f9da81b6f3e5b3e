import type * as tf from '@tensorflow/tfjs';
import { classificationLoss } from '../../losses/classification.ts';
import { lambdaShareAt, robustnessLoss } from '../../losses/robustness.ts';
import { type Batch, effective, type LossWeights, type Terms, withSum } from '../../losses/terms.ts';
import type { LossContext, Phase } from '../kind.ts';
import type { ConceptizerConfig, SharedConfig } from './config.ts';
import { type Encoding, encode, forwardPass } from './forward.ts';
import type { Networks } from './networks.ts';

/**
 * `L = L_y + λ·L_θ + ξ·L_h`, the loss of a SENN and of a DiSENN, which differ in their concept loss L_h. Also the phases
 * of a run, each with the terms that it learns by.
 */

/** What a concept loss reads. */
export interface ConceptLossInput extends Encoding {
  /** `[N, …]`, in the networks' units */
  readonly x: tf.Tensor;
  /** Inputs in the training set. */
  readonly count: number;
  /** Whether the last concept is the constant one, which has no posterior and no sparsity. */
  readonly bias: boolean;
}

/** A concept loss: the terms it has, and what each weighs in it. */
export interface ConceptLoss<Config> {
  weights(config: Config): LossWeights;
  /** The unweighted terms, each a mean over the batch. */
  terms(config: Config, input: ConceptLossInput): Readonly<Partial<Record<string, tf.Scalar>>>;
}

type LossConfig<Config> = Pick<SharedConfig<Config>, 'conceptizer' | 'aggregator' | 'robustness' | 'conceptWeight'>;

/** The terms of the loss with their weights in it, λ as it is after its warm-up. A term of weight 0 is left out. */
export function lossWeightsOf<Config>(
  { conceptizer, robustness, conceptWeight }: LossConfig<Config>,
  conceptLoss: ConceptLoss<Config>,
): LossWeights {
  const concept = Object.entries(conceptLoss.weights(conceptizer));
  return effective({
    classification: 1,
    robustness: robustness.weight,
    ...Object.fromEntries(concept.map(([term, weight]) => [term, (weight as number) * conceptWeight])),
  });
}

/** Pretraining, where the configuration has it: the conceptizer's own loss, with another β. Then training. */
export function phasesOf<Config extends ConceptizerConfig>(
  config: SharedConfig<Config>,
  conceptLoss: ConceptLoss<Config>,
): Phase[] {
  const { pretraining, conceptizer, robustness, epochs } = config;
  const weights = lossWeightsOf(config, conceptLoss);
  const training: Phase = {
    epochs,
    trains: ['conceptizer', 'parameterizer', 'decoder'],
    supervised: true,
    weightsAt: (step) =>
      weights['robustness'] === undefined
        ? weights
        : { ...weights, robustness: weights['robustness'] * lambdaShareAt(robustness, step) },
  };
  if (pretraining === undefined) return [training];
  const before = conceptLoss.weights('beta' in conceptizer ? { ...conceptizer, beta: pretraining.beta } : conceptizer);
  return [
    { epochs: pretraining.epochs, trains: ['conceptizer', 'decoder'], supervised: false, weightsAt: () => before },
    training,
  ];
}

/**
 * The weighted sum of the terms, each a mean over the batch, and the terms themselves. Without a classification term
 * the parameterizer does not run.
 */
export function lossOf<Config>(
  networks: Networks,
  { x, labels }: Batch,
  { config, weights, count, random }: Omit<LossContext<unknown>, 'config'> & { readonly config: LossConfig<Config> },
  conceptLoss: ConceptLoss<Config>,
): Terms {
  const supervised = weights['classification'] !== undefined;
  const pass = supervised ? forwardPass(networks, x, random) : undefined;
  const encoding = pass ?? encode(networks, x, random);
  const terms = {
    ...(pass && { classification: classificationLoss(pass.logits, labels) }),
    ...(pass && weights['robustness'] !== undefined && { robustness: robustnessLoss(pass, config.robustness, random) }),
    ...conceptLoss.terms(config.conceptizer, { ...encoding, x, count, bias: config.aggregator.bias }),
  };
  return withSum(terms, weights);
}

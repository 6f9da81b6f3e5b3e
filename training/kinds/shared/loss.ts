import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import type { Reads } from '../../config/theta.ts';
import { classificationLoss } from '../../losses/classification.ts';
import { lambdaShareAt, robustnessLoss } from '../../losses/robustness.ts';
import { type Batch, effective, type LossWeights, type Terms, withSum } from '../../losses/terms.ts';
import type { Chain } from '../../networks/chain/layers.ts';
import { aggregate } from '../../networks/forward.ts';
import { constant } from '../../ops/constant.ts';
import type { LossContext, Phase } from '../kind.ts';
import { changeLoss } from './change.ts';
import type { ConceptizerConfig, SharedConfig } from './config.ts';
import { criticLoss, depictionLoss } from './critic.ts';
import { decorrelationLoss } from './decorrelation.ts';
import { type Encoding, encode, type ForwardPass, forwardPass, relevancesOf, withoutBias } from './forward.ts';
import { movedConcepts } from './moves.ts';
import type { Networks } from './networks.ts';
import { readBackLoss, underNoise } from './read-back.ts';

/**
 * `L = L_y + λ·L_θ + ξ·L_h`, the loss of a SENN and of a DiSENN, which differ in their concept loss L_h, and what is asked
 * of both besides: read-back, classification of the reconstruction, few contributions, concepts that differ. Also the phases of a run, each
 * with the terms that it learns by.
 */

/** What a concept loss reads. */
export interface ConceptLossInput extends Omit<Encoding, 'read'> {
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

type LossConfig<Config> = Pick<
  SharedConfig<Config>,
  | 'conceptizer'
  | 'parameterizer'
  | 'aggregator'
  | 'robustness'
  | 'conceptWeight'
  | 'readBack'
  | 'readBackNoise'
  | 'reclassification'
  | 'contributionSparsity'
  | 'decorrelation'
>;

/** The terms of the loss with their weights in it, λ as it is after its warm-up. A term of weight 0 is left out. */
export function lossWeightsOf<Config>(config: LossConfig<Config>, conceptLoss: ConceptLoss<Config>): LossWeights {
  const { conceptizer, robustness, conceptWeight } = config;
  const { readBack, reclassification, contributionSparsity, decorrelation } = config;
  const concept = Object.entries(conceptLoss.weights(conceptizer));
  return effective({
    classification: 1,
    robustness: robustness.weight,
    readBack,
    reclassification,
    contributionSparsity,
    decorrelation,
    ...Object.fromEntries(concept.map(([term, weight]) => [term, (weight as number) * conceptWeight])),
  });
}

/** Pretraining, where the configuration has it: the conceptizer's own loss, with another β. Training. Then depiction. */
export function phasesOf<Config extends ConceptizerConfig>(
  config: SharedConfig<Config>,
  conceptLoss: ConceptLoss<Config>,
): Phase[] {
  const { pretraining, conceptizer, robustness, depiction, epochs } = config;
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
  return [
    ...(pretraining === undefined ? [] : [pretrainingPhase(pretraining, conceptizer, conceptLoss)]),
    training,
    ...(depiction === undefined ? [] : [depictionPhase(depiction, weights)]),
  ];
}

/** The conceptizer learns by its own loss alone, with another β where it has one. */
function pretrainingPhase<Config extends ConceptizerConfig>(
  { epochs, beta }: NonNullable<SharedConfig['pretraining']>,
  conceptizer: Config,
  conceptLoss: ConceptLoss<Config>,
): Phase {
  const weights = conceptLoss.weights('beta' in conceptizer ? { ...conceptizer, beta } : conceptizer);
  return { epochs, trains: ['conceptizer', 'decoder'], supervised: false, weightsAt: () => weights };
}

/**
 * The model learns to show others what its concepts say, beside everything that it learnt by before: pictures of moved
 * concepts must look to a critic like what the model says of these concepts. A decoder alone could not do it: what looks
 * like another class to others is read as far inside it by a conceptizer that only knew inputs. Without noise on what is
 * read back (`readBackNoise`) the two would agree on signs that nobody else sees.
 * @param weights of the training before it
 */
function depictionPhase(
  { epochs, weight, promise, change }: NonNullable<SharedConfig['depiction']>,
  training: LossWeights,
): Phase {
  const weights = effective({ ...training, promise, change, depiction: weight, critic: 1 });
  return {
    epochs,
    trains: ['conceptizer', 'parameterizer', 'decoder', 'critic'],
    supervised: true,
    weightsAt: () => weights,
  };
}

/** Concepts that were moved, `[N, K]`, and what the decoder makes of them, `[N, …]`. */
interface Moves {
  readonly moved: tf.Tensor2D;
  readonly pictures: tf.Tensor;
}

const drawn = ({ decoder }: Networks, moved: tf.Tensor2D): Moves => ({
  moved,
  pictures: decoder.apply(moved) as tf.Tensor,
});

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
  const { reads } = config.parameterizer;
  const { bias } = config.aggregator;
  const pass = supervised ? forwardPass(networks, x, reads, random) : undefined;
  const encoding = pass ?? encode(networks, x, random);
  const critic = () => networks.critic as Chain;
  let moves: Moves | undefined; // of this batch, for both terms that look at them
  const movesOf = (whole: ForwardPass): Moves => {
    const alone = weights['depiction'] === undefined;
    moves ??= drawn(networks, movedConcepts(whole, { bias, alone }, random));
    return moves;
  };
  /** What the model says of the moved concepts: what their pictures must show, which does not follow these. */
  const promised = (whole: ForwardPass): tf.Tensor2D => {
    const { moved } = movesOf(whole);
    return constant(() => aggregate(moved, whole.relevances));
  };
  /** Each is computed only where it weighs something. */
  const parts: Record<string, (pass: ForwardPass) => tf.Scalar> = {
    classification: ({ logits }) => classificationLoss(logits, labels),
    robustness: (whole) => robustnessLoss(whole, config.robustness, random),
    readBack: (whole) => {
      const { moved, pictures } = movesOf(whole);
      return readBackLoss(moved, whole.read(underNoise(pictures, config.readBackNoise, random)), bias);
    },
    promise: (whole) => promiseLoss(promised(whole), logitsOf(networks, movesOf(whole).pictures, whole, reads, random)),
    depiction: (whole) => depictionLoss(critic(), movesOf(whole).pictures, promised(whole), random),
    change: (whole) => changeLoss(movesOf(whole).pictures, whole.reconstruction),
    critic: ({ reconstruction }) => criticLoss(critic(), { x, labels }, reconstruction, random),
    reclassification: (whole) =>
      classificationLoss(logitsOf(networks, whole.reconstruction, whole, reads, random), labels),
    contributionSparsity: ({ concepts, relevances }) => contributionNorm(concepts, relevances, bias),
    decorrelation: ({ mean }) => decorrelationLoss(mean, bias),
  };
  const wanted = Object.entries(parts).filter(([term]) => weights[term] !== undefined);
  const terms = {
    ...(pass && Object.fromEntries(wanted.map(([term, compute]) => [term, compute(pass)]))),
    ...conceptLoss.terms(config.conceptizer, { ...encoding, x, count, bias }),
  };
  return withSum(terms, weights);
}

/** What the networks say of pictures that they drew: `[N, …] → [N, C]`, logits. */
function logitsOf(
  networks: Networks,
  pictures: tf.Tensor,
  { read }: Pick<ForwardPass, 'read'>,
  reads: Reads,
  random: RandomStream,
): tf.Tensor2D {
  const concepts = read(pictures);
  const again = reads === 'reconstruction' ? (networks.decoder.apply(concepts) as tf.Tensor) : pictures;
  return relevancesOf(networks, { x: pictures, concepts, reconstruction: again }, reads, random).logits;
}

/**
 * The promise of θ: where concepts move, decoded and read again, the logits go where θ says. Mean over inputs and classes.
 * @param promised `[N, C]`, logits of the moved concepts under the θ of the input, a constant @param kept `[N, C]`
 * @returns scalar, squared logits
 */
const promiseLoss = (promised: tf.Tensor2D, kept: tf.Tensor2D): tf.Scalar =>
  tf.mean(tf.squaredDifference(kept, promised));

/** L1 of the contributions θ[k,c]·h[k], mean over inputs and classes; a bias is none. @returns scalar, logits */
function contributionNorm(concepts: tf.Tensor2D, relevances: tf.Tensor3D, bias: boolean): tf.Scalar {
  const own = withoutBias(concepts, bias);
  const rows = tf.slice(relevances, [0, 0, 0], [-1, own.shape[1], -1]);
  return tf.mean(tf.sum(tf.abs(tf.mul(tf.expandDims(own, 2), rows)), 1));
}

import { z } from 'zod';
import type { CommonConfig } from '../../config/common.ts';
import { count, positive, weight } from '../../config/parts.ts';
import {
  aggregator,
  type ParameterizerConfig,
  parameterizer,
  pretraining,
  type RobustnessConfig,
  robustness,
} from '../../config/theta.ts';

/** Of the epochs at the end in which the model learns to show what its concepts say. */
const depiction = z.strictObject({
  epochs: count.default(3),
  weight: positive.default(1),
  /** Weight of the promise of θ: what the model says when it reads the picture again must be what it said of the concepts. */
  promise: weight.default(0),
  /** Weight of all that differs, in absolute value, between the picture of moved concepts and that of the input's own. */
  change: weight.default(0),
  /** Logits by which a class must lead when the picture of a counterfactual is read again, for others to see it too. */
  margin: positive.default(2.5),
  /** Pixels by which the picture is also moved to each side before it is read: the class must lead on average over all. */
  shift: count.max(64).optional(),
});

/** What the configurations of SENN and DiSENN share; each adds conceptizers of its own. */

export const sharedShape = {
  /** Images enter the networks as `(x − mean) / deviation`; tables are scaled by their data set. */
  normalization: z.strictObject({ mean: z.number(), deviation: positive }).optional(),
  parameterizer,
  aggregator,
  robustness,
  /** ξ, weight of the concept loss. */
  conceptWeight: weight.default(1),
  /** Weight of the read-back loss: a concept that is moved and decoded must be read again, and the others must stay. */
  readBack: weight.default(0),
  /**
   * Deviation of the noise on the pictures that are read back, at most; each has one of its own. A conceptizer that must
   * read through noise needs a change that can be seen: else the decoder learns to draw what it alone takes for one.
   */
  readBackNoise: weight.default(0),
  /**
   * Epochs at the end in which the model also learns to show what its concepts say: where they move, also towards another
   * class, a plain classifier that is not part of the model must see in the picture what the model says.
   */
  depiction: depiction.optional(),
  /** Weight of the classification of the reconstruction: the model must say of what it shows what it says of the input. */
  reclassification: weight.default(0),
  /** Weight of Σ_k |θ[k,c]·h[k]|, mean over the classes: how many concepts an explanation needs. */
  contributionSparsity: weight.default(0),
  /** Weight of the squared correlation of two concepts, mean over all pairs: each must say what the others do not. */
  decorrelation: weight.default(0),
  pretraining,
};

/** A configuration of either, as far as both read it. */
export interface SharedConfig<Conceptizer = ConceptizerConfig> extends CommonConfig {
  readonly normalization?: { readonly mean: number; readonly deviation: number } | undefined;
  readonly conceptizer: Conceptizer;
  readonly parameterizer: ParameterizerConfig;
  readonly aggregator: z.infer<typeof aggregator>;
  readonly robustness: RobustnessConfig;
  readonly conceptWeight: number;
  readonly readBack: number;
  readonly readBackNoise: number;
  readonly depiction?: z.infer<typeof depiction> | undefined;
  readonly reclassification: number;
  readonly contributionSparsity: number;
  readonly decorrelation: number;
  readonly pretraining?: { readonly epochs: number; readonly beta: number } | undefined;
}

/** What every conceptizer's configuration says of itself. */
export interface ConceptizerConfig {
  readonly kind: string;
  /** Whether the concepts have mean 0 and deviation 1 over the training set. */
  readonly standardize?: boolean;
  readonly reconstruction?: 'bernoulli' | 'squared';
}

/** A share of ‖θ‖ is one of concept units; taken back to an input, the norm is of something else. */
export const relativeScale = {
  fits: ({ robustness, parameterizer }: Pick<SharedConfig, 'robustness' | 'parameterizer'>): boolean =>
    robustness.scale === 'absolute' || parameterizer.reads === 'concepts',
  path: ['robustness', 'scale'],
  message: '"relative" needs parameterizer.reads "concepts"',
};

/** Moving a concept needs a decoder that shows it. */
export const readBackNeeds = {
  fits: ({
    readBack,
    depiction,
    reclassification,
    conceptizer: { kind },
  }: Pick<SharedConfig, 'readBack' | 'depiction' | 'reclassification' | 'conceptizer'>): boolean =>
    (kind !== 'identity' && kind !== 'ones') || (readBack + reclassification === 0 && depiction === undefined),
  path: ['readBack'],
  message: 'depiction and reclassification need a decoder that learns; "identity" and "ones" have none',
};

/** Noise on pictures that nobody reads back would be a setting without effect. */
export const noiseNeeds = {
  fits: ({ readBack, readBackNoise }: Pick<SharedConfig, 'readBack' | 'readBackNoise'>): boolean =>
    readBackNoise === 0 || readBack > 0,
  path: ['readBackNoise'],
  message: 'needs readBack',
};

/** Depiction comes after the training, whose best epoch would be without it. */
export const depictionEnds = {
  fits: ({ depiction, keep, earlyStopping }: Pick<SharedConfig, 'depiction' | 'keep' | 'earlyStopping'>): boolean =>
    depiction === undefined || (keep === 'last' && earlyStopping === undefined),
  path: ['depiction'],
  message: 'cannot go with keep "best" or earlyStopping: it learns after the last epoch of the training',
};

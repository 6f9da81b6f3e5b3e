import { z } from 'zod';
import type { CommonConfig } from '../../config/common.ts';
import { positive, weight } from '../../config/parts.ts';
import {
  aggregator,
  type ParameterizerConfig,
  parameterizer,
  pretraining,
  type RobustnessConfig,
  robustness,
} from '../../config/theta.ts';

/** What the configurations of SENN and DiSENN share; each adds conceptizers of its own. */

export const sharedShape = {
  /** Images enter the networks as `(x − mean) / deviation`; tables are scaled by their data set. */
  normalization: z.strictObject({ mean: z.number(), deviation: positive }).optional(),
  parameterizer,
  aggregator,
  robustness,
  /** ξ, weight of the concept loss. */
  conceptWeight: weight.default(1),
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
  readonly pretraining?: { readonly epochs: number; readonly beta: number } | undefined;
}

/** What every conceptizer's configuration says of itself. */
export interface ConceptizerConfig {
  readonly kind: string;
  readonly reconstruction?: 'bernoulli' | 'squared';
}

import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { Reads } from '../../config/theta.ts';
import type { FeatureScaling as Scaling } from '../../datasets/dataset.ts';
import { standardScalingOf } from '../../datasets/scaling.ts';
import type { Chain } from '../../networks/chain/layers.ts';
import { type InitialWeights, initialWeights } from '../../networks/initial-weights.ts';
import { networkShape, type Task } from '../../networks/networks.ts';
import { createParameterizer } from '../../networks/parameterizer.ts';
import type { ScaledData } from '../kind.ts';
import { type Conceptizer, withBias } from './conceptizer.ts';
import type { ConceptizerConfig, SharedConfig } from './config.ts';
import { createCritic } from './critic.ts';
import { standardized } from './standardization.ts';

/** The networks of a SENN or a DiSENN; the names of three are those of the model contract. Images are `[N, H, W, C]`. */
export type Networks = {
  /** `[N, …] → [N, K] concepts`, of a variational one `[[N, K] concepts, [N, K] log variance]` */
  readonly conceptizer: tf.LayersModel;
  /** What θ reads → `[N, K, classes]`: one chain of layers */
  readonly parameterizer: Chain;
  /** `[N, K] → [N, …]` */
  readonly decoder: tf.LayersModel;
  /** `[N, …] → [N, classes]`, where pictures are shown to another (critic.ts) */
  readonly critic?: Chain;
};

/** Makes h and its decoder. @param shape of one input, without the batch, images as `[height, width, channels]` */
export type CreateConceptizer<Config> = (
  config: Config,
  shape: readonly number[],
  initial: InitialWeights,
) => Conceptizer;

/** How the input is scaled: as the data set says, or by the configuration's normalisation. @throws invalid_config */
export function scalingOf(
  { normalization, conceptizer, data }: SharedConfig,
  { scaling: own, train }: ScaledData,
): readonly Scaling[] | undefined {
  if (normalization !== undefined && own !== undefined) {
    throw new SennError(
      'invalid_config',
      `normalization: the data set ${(data as { name: string }).name} scales its features itself`,
    );
  }
  const scaling =
    normalization === undefined
      ? own
      : [{ transform: 'linear' as const, shift: normalization.mean, scale: 1 / normalization.deviation }];
  if (scaling !== undefined && conceptizer.reconstruction === 'bernoulli') {
    throw new SennError(
      'invalid_config',
      'conceptizer.reconstruction: "bernoulli" needs inputs in [0, 1]; scaled ones need "squared"',
    );
  }
  // Features that are concepts themselves are standardised where they come in.
  const standardizes = conceptizer.kind === 'identity' && conceptizer.standardize === true;
  return standardizes && own !== undefined ? standardScalingOf(train, own) : scaling;
}

/** Of one row of what θ reads. */
function readShape(reads: Reads, input: readonly number[], concepts: number): readonly number[] {
  return reads === 'concepts' ? [concepts] : input;
}

/** The networks, in their own units: what comes in is scaled already. @throws invalid_config */
export function assembleNetworks<Config extends ConceptizerConfig>(
  config: SharedConfig<Config>,
  createConceptizer: CreateConceptizer<Config>,
  { input, classes }: Task,
  random: RandomStream,
): Networks {
  const shape = networkShape(input);
  const initial = initialWeights(config.initializer, random);
  const created = createConceptizer(config.conceptizer, shape, initial);
  const { kind, standardize = false } = config.conceptizer;
  const plain = standardize && kind !== 'identity' ? { ...created, encode: standardized(created.encode) } : created;
  const conceptizer = config.aggregator.bias ? withBias(plain) : plain;
  const { encode, logVariance } = conceptizer;
  const concepts = encode.shape[1] as number;
  const read = readShape(config.parameterizer.reads, shape, concepts);
  return {
    conceptizer: tf.model({
      name: 'conceptizer',
      inputs: conceptizer.input,
      outputs: logVariance === undefined ? encode : [encode, logVariance],
    }),
    parameterizer: createParameterizer(config.parameterizer, read, concepts, classes, initial),
    decoder: tf.model({ name: 'decoder', inputs: conceptizer.latent, outputs: conceptizer.decoded }),
    ...(config.depiction && { critic: createCritic(shape, classes, initial) }),
  };
}

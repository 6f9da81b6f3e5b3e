import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { ParameterizerConfig } from '../config/theta.ts';
import { type Chain, type ChainLayer, chainLayer, chainOf } from './chain/layers.ts';
import type { InitialWeights } from './initial-weights.ts';
import { activationLayer, applyLayers, convolutionStack, denseLayers, denseStack } from './layers.ts';

/** θ as a network, of the input or of what the concepts tell of it. */

type Of<Kind> = Extract<ParameterizerConfig, { kind: Kind }>;

/** The layers between what is read and the relevances, by kind. */
const bodies = {
  dense: ({ hidden, activation, dropout }: Of<'dense'>, shape, initial) => [
    ...(shape.length > 1 ? [chainLayer('Flatten', { name: 'parameterizer_flatten' })] : []),
    ...denseStack({ name: 'parameterizer', hidden, activation, dropout }, initial),
  ],
  convolutional: ({ convolutions, hidden, activation, dropout }: Of<'convolutional'>, shape, initial) => {
    if (shape.length !== 3) {
      throw new SennError('invalid_config', `parameterizer.kind: "convolutional" needs images; the data are tables`);
    }
    return convolutionStack({ name: 'parameterizer', convolutions, hidden, activation, dropout }, initial);
  },
} satisfies {
  [Kind in ParameterizerConfig['kind']]: (
    config: Of<Kind>,
    shape: readonly number[],
    initial: InitialWeights,
  ) => ChainLayer[];
};

/**
 * θ as one chain of layers: `[N, …shape] → [N, K, classes]`, logits per concept unit.
 * @throws invalid_config where the kind does not fit the input
 */
export function createParameterizer(
  config: ParameterizerConfig,
  shape: readonly number[],
  concepts: number,
  classes: number,
  initial: InitialWeights,
): Chain {
  const input = tf.input({ shape: [...shape], name: 'parameterizer_input' });
  const body = bodies[config.kind] as (
    config: ParameterizerConfig,
    shape: readonly number[],
    initial: InitialWeights,
  ) => ChainLayer[];
  const layers = [
    ...body(config, shape, initial),
    ...denseLayers('relevances_flat', concepts * classes, 'linear', initial),
    ...(config.output === 'tanh' ? activationLayer('relevances', 'tanh') : []),
    chainLayer('Reshape', { name: 'relevances', targetShape: [concepts, classes] }),
    ...(config.output === 'centered' ? [chainLayer('Centering', { name: 'relevances_centered' })] : []),
  ];
  return chainOf('parameterizer', input, layers, applyLayers);
}

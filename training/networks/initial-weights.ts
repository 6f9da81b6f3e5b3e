import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.ts';
import type { InitializerName } from '../config/common.ts';
import type { ActivationName } from '../config/parts.ts';

/** What weights start from. */

export type Activation = ActivationName | 'linear';
type Initializer = ReturnType<typeof tf.initializers.heNormal>;

/**
 * What the weights before an activation start from; each call is seeded anew. Biases start from 0.
 * @param groups of a depthwise kernel its channels: each output sees one, but tfjs counts all of them as its fan-in
 */
export type InitialWeights = (activation: Activation, groups?: number) => Initializer;

type Rule = (activation: Activation, seed: number, groups: number) => Initializer;

const rules = {
  /** The variance stays through the activation: He et al. 2015 for a relu, else Glorot & Bengio 2010. */
  he: (activation, seed) =>
    activation === 'relu' ? tf.initializers.heNormal({ seed }) : tf.initializers.glorotUniform({ seed }),
  /** U(±1/√fan_in), a sixth of He's variance: what `torch.nn.Linear` and `Conv2d` start from. */
  pytorch: (_activation, seed, groups) =>
    tf.initializers.varianceScaling({ scale: groups / 3, mode: 'fanIn', distribution: 'uniform', seed }),
} satisfies Record<InitializerName, Rule>;

export function initialWeights(initializer: InitializerName, random: RandomStream): InitialWeights {
  return (activation, groups = 1) => rules[initializer](activation, random.seed(), groups);
}

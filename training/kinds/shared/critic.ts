import * as tf from '@tensorflow/tfjs';
import { classificationLoss } from '../../losses/classification.ts';
import { type Chain, chainOf } from '../../networks/chain/layers.ts';
import { runChain } from '../../networks/chain/run.ts';
import type { InitialWeights } from '../../networks/initial-weights.ts';
import { applyLayers, convolutionStack, denseLayers, denseStack } from '../../networks/layers.ts';
import { constant } from '../../ops/constant.ts';

/**
 * A plain classifier that only sees inputs, and learns beside the model: what the concepts say must be what their
 * picture shows to somebody else. Without it a decoder may draw the smallest change that the model's own conceptizer
 * takes for another class, and nobody else does.
 */

/** Its layers, on images; on tables without the convolutions. */
const convolutions = [16, 32].map((filters) => ({
  filters,
  kernel: 4,
  stride: 2,
  padding: 'same' as const,
  pool: 1,
  dropout: 0,
}));
const hidden = [128];

/** `[N, …shape] → [N, classes]`, logits */
export function createCritic(shape: readonly number[], classes: number, initial: InitialWeights): Chain {
  const input = tf.input({ shape: [...shape], name: 'critic_input' });
  const stack = { name: 'critic', hidden, activation: 'elu' as const };
  const body = shape.length === 3 ? convolutionStack({ ...stack, convolutions }, initial) : denseStack(stack, initial);
  const layers = [...body, ...denseLayers('critic_logits', classes, 'linear', initial)];
  return chainOf('critic', input, layers, applyLayers);
}

/** What a network says, with weights that are constants: only what it reads learns from it. @param x `[N, …]` */
function frozen(network: Chain, x: tf.Tensor): tf.Tensor2D {
  const withoutWeights = tf.customGrad((input, save) => {
    const [values, keep] = [input as tf.Tensor, save as tf.GradSaveFunc];
    keep([values]);
    return {
      value: runChain(network, values, undefined).output,
      gradFunc: (cotangent: tf.Tensor, [saved]: tf.Tensor[]) => {
        const again = saved as tf.Tensor;
        return runChain(network, again, undefined).pullback(cotangent, again.shape[0]);
      },
    };
  });
  return withoutWeights(x) as tf.Tensor2D;
}

/**
 * The critic's own loss: the classes of one half of the inputs, and of the reconstructions of the other, so that the style
 * of the decoder tells it nothing.
 * @param x `[N, …]` @param reconstruction `[N, …]`, which does not learn from it @param labels `[N, C]`, one-hot
 * @returns scalar, cross-entropy in nats
 */
export function criticLoss(critic: Chain, x: tf.Tensor, reconstruction: tf.Tensor, labels: tf.Tensor2D): tf.Scalar {
  const half = Math.ceil((x.shape[0] as number) / 2);
  const drawn = constant(() => tf.slice(reconstruction, half));
  return classificationLoss(critic.apply(tf.concat([tf.slice(x, 0, half), drawn])) as tf.Tensor2D, labels);
}

/**
 * Depiction: the critic must see in the pictures of moved concepts what the model says of these concepts. Cross-entropy
 * with the model's own probabilities, which are the target and do not learn from it; nor does the critic.
 * @param pictures `[N, …]` @param logits `[N, C]` of the moved concepts
 * @returns scalar, nats
 */
export function depictionLoss(critic: Chain, pictures: tf.Tensor, logits: () => tf.Tensor2D): tf.Scalar {
  return classificationLoss(
    frozen(critic, pictures),
    constant(() => tf.softmax(logits())),
  );
}

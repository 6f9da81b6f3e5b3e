import * as tf from '@tensorflow/tfjs';
import { type RandomStream, randomStream } from '../../../core/random.ts';
import { classificationLoss } from '../../losses/classification.ts';
import type { Batch } from '../../losses/terms.ts';
import { type Chain, chainOf } from '../../networks/chain/layers.ts';
import { runChain } from '../../networks/chain/run.ts';
import type { InitialWeights } from '../../networks/initial-weights.ts';
import { applyLayers, convolutionStack, denseLayers, denseStack } from '../../networks/layers.ts';
import { constant } from '../../ops/constant.ts';

/**
 * A plain classifier that only sees inputs, and learns beside the model: what the concepts say must be what their
 * picture shows to somebody else. Without it a decoder may draw the smallest change that the model's own conceptizer
 * takes for another class, and nobody else does. For the same reason the critic never sees a picture as it is, and drops
 * units: else the decoder learns what fools this one network, and again nobody else.
 */

/** Its layers, on images; on tables without the convolutions. */
const convolutions = [16, 32].map((filters) => ({
  filters,
  kernel: 4,
  stride: 2,
  padding: 'same' as const,
  pool: 1,
  dropout: 0.2,
}));
const dense = { hidden: [128], dropout: 0.5 };

/** What is done to everything that it sees: noise of this deviation, and on images a shift of so many pixels at most. */
const NOISE = 0.3;
const SHIFT = 2;

/** `[N, …shape] → [N, classes]`, logits */
export function createCritic(shape: readonly number[], classes: number, initial: InitialWeights): Chain {
  const input = tf.input({ shape: [...shape], name: 'critic_input' });
  const stack = { name: 'critic', activation: 'elu' as const, ...dense };
  const body = shape.length === 3 ? convolutionStack({ ...stack, convolutions }, initial) : denseStack(stack, initial);
  const layers = [...body, ...denseLayers('critic_logits', classes, 'linear', initial)];
  return chainOf('critic', input, layers, applyLayers);
}

/** Images moved by one random shift, what comes in from outside is 0: `[N, H, W, C] → [N, H, W, C]`. */
function shifted(images: tf.Tensor4D, random: RandomStream): tf.Tensor4D {
  const side = () => random.integer(2 * SHIFT + 1);
  const border: [number, number] = [SHIFT, SHIFT];
  const padded = tf.pad4d(images, [[0, 0], border, border, [0, 0]]);
  return tf.slice4d(padded, [0, side(), side(), 0], images.shape);
}

/** What the critic sees of inputs. */
function disturbed(x: tf.Tensor, random: RandomStream): tf.Tensor {
  const noise = tf.randomNormal(x.shape, 0, NOISE, 'float32', random.seed());
  return tf.add(x.rank === 4 ? shifted(x as tf.Tensor4D, random) : x, noise);
}

/** What a network says, with weights that are constants: only what it reads learns from it. @param x `[N, …]` */
function frozen(network: Chain, x: tf.Tensor, random: RandomStream): tf.Tensor2D {
  const seed = random.seed(); // the same units drop on the way back
  const run = (input: tf.Tensor) => runChain(network, input, randomStream(seed));
  const withoutWeights = tf.customGrad((input, save) => {
    const [values, keep] = [input as tf.Tensor, save as tf.GradSaveFunc];
    keep([values]);
    return {
      value: run(values).output,
      gradFunc: (cotangent: tf.Tensor, [saved]: tf.Tensor[]) =>
        run(saved as tf.Tensor).pullback(cotangent, values.shape[0] as number),
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
export function criticLoss(
  critic: Chain,
  { x, labels }: Batch,
  reconstruction: tf.Tensor,
  random: RandomStream,
): tf.Scalar {
  const half = Math.ceil((x.shape[0] as number) / 2);
  const drawn = constant(() => tf.slice(reconstruction, half));
  const seen = disturbed(tf.concat([tf.slice(x, 0, half), drawn]), random);
  return classificationLoss(runChain(critic, seen, random).output as tf.Tensor2D, labels);
}

/**
 * Depiction: the critic must see in the pictures of moved concepts what the model says of these concepts. Cross-entropy
 * with the model's own probabilities, which are the target and do not learn from it; nor does the critic.
 * @param pictures `[N, …]` @param logits `[N, C]` of the moved concepts, a constant
 * @returns scalar, nats
 */
export function depictionLoss(
  critic: Chain,
  pictures: tf.Tensor,
  logits: tf.Tensor2D,
  random: RandomStream,
): tf.Scalar {
  const seen = frozen(critic, disturbed(pictures, random), random);
  return classificationLoss(
    seen,
    constant(() => tf.softmax(logits)),
  );
}

import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import { withoutBias } from './forward.ts';

/**
 * Read-back: a concept that is moved and decoded must be read again by the conceptizer, and the others must stay.
 * Otherwise the pictures of a traversal do not show what the concept does. `L = mean_x ‖h(dec(h′)) − h′‖²`, where h′ is
 * h(x) with one concept, drawn for every input, moved to what it is for another input of the batch, and a bit beyond: its
 * range as the data have it, with some room at the ends, where traversals end.
 */

/** How far a concept moves, as a share of its way to another input's. */
const REACH = 1.25;

/** One-hot rows: `[N, K]`, the last column never chosen where it is the constant concept. */
function chosen(N: number, K: number, bias: boolean, random: RandomStream): tf.Tensor2D {
  const movable = bias ? K - 1 : K;
  const indices = Int32Array.from({ length: N }, () => random.integer(movable));
  return tf.oneHot(tf.tensor1d(indices, 'int32'), K).toFloat() as tf.Tensor2D;
}

/** Every row gets what another row has: `[N, K] → [N, K]`, the same distance down for all of them. */
function ofAnother(concepts: tf.Tensor2D, random: RandomStream): tf.Tensor2D {
  const N = concepts.shape[0];
  if (N < 2) return concepts;
  const by = 1 + random.integer(N - 1);
  return tf.concat([tf.slice(concepts, by), tf.slice(concepts, 0, by)]) as tf.Tensor2D;
}

/** h′: one concept of every input moved. @param concepts `[N, K]` */
export function movedConcepts(concepts: tf.Tensor2D, bias: boolean, random: RandomStream): tf.Tensor2D {
  const mask = chosen(...concepts.shape, bias, random);
  const way = tf.sub(ofAnother(concepts, random), concepts);
  return tf.add(concepts, tf.mul(way, tf.mul(mask, REACH))) as tf.Tensor2D;
}

/**
 * @param moved `[N, K]`, h′
 * @param read `[N, K]`, what the conceptizer reads in the pictures of h′
 * @returns scalar, squared concept units
 */
export function readBackLoss(moved: tf.Tensor2D, read: tf.Tensor2D, bias: boolean): tf.Scalar {
  return tf.mean(tf.sum(tf.squaredDifference(withoutBias(read, bias), withoutBias(moved, bias)), 1));
}

import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import { aggregate } from '../../networks/forward.ts';
import { constant } from '../../ops/constant.ts';
import type { ForwardPass } from './forward.ts';

/**
 * Moves of the concepts of a batch, of which a model learns to draw, and to read, what nobody drew for it: one concept
 * alone, as traversals move it, and all of them towards another class, as counterfactuals do.
 */

/** How far a concept moves, as a share of its way to another input's. */
const REACH = 1.25;
/** By how many logits a class that is moved to leads at most. */
const MOST_LEAD = 8;
/** Of a squared length: what is shorter does not point anywhere. */
const ZERO = 1e-12;

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

/**
 * h′: of every input one concept, drawn for it, moved to what it is for another input of the batch, and a bit beyond: its
 * range as the data have it, with some room at the ends, where traversals end.
 * @param concepts `[N, K]` @returns `[N, K]`
 */
export function oneMoved(concepts: tf.Tensor2D, bias: boolean, random: RandomStream): tf.Tensor2D {
  const mask = chosen(...concepts.shape, bias, random);
  const way = tf.sub(ofAnother(concepts, random), concepts);
  return tf.add(concepts, tf.mul(way, tf.mul(mask, REACH))) as tf.Tensor2D;
}

/**
 * h′: of every input all concepts, the shortest way to where a class, drawn for it, leads the one that is predicted, by a
 * number of logits that is drawn as well; no farther than another input of the batch is away. A constant: what moves
 * does not learn where to.
 * @param concepts `[N, K]` @param relevances `[N, K, C]` @returns `[N, K]`
 */
export function classMoved(
  concepts: tf.Tensor2D,
  relevances: tf.Tensor3D,
  bias: boolean,
  random: RandomStream,
): tf.Tensor2D {
  const [N, K, C] = relevances.shape;
  return constant(() => {
    const logits = aggregate(concepts, relevances);
    const own = tf.argMax(logits, 1);
    const further = Int32Array.from({ length: N }, () => 1 + random.integer(C - 1));
    const asked = tf.mod(tf.add(own, tf.tensor1d(further, 'int32')), tf.scalar(C, 'int32'));
    const sign = tf.sub(tf.oneHot(tf.cast(asked, 'int32'), C), tf.oneHot(tf.cast(own, 'int32'), C));
    const leads = tf.randomUniform([N, 1], 0, MOST_LEAD, 'float32', random.seed());
    const missing = tf.sub(leads, tf.sum(tf.mul(logits, sign), 1, true));
    const slopes = tf.sum(tf.mul(relevances, tf.expandDims(sign, 1)), 2);
    const movable = bias ? tf.concat([tf.slice(slopes, [0, 0], [-1, K - 1]), tf.zeros([N, 1])], 1) : slopes;
    const steep = tf.maximum(tf.sum(tf.square(movable), 1, true), ZERO);
    const move = tf.mul(movable, tf.div(missing, steep));
    const far = (way: tf.Tensor) => tf.sqrt(tf.maximum(tf.sum(tf.square(way), 1, true), ZERO));
    const most = far(tf.sub(ofAnother(concepts, random), concepts));
    return tf.add(concepts, tf.mul(move, tf.minimum(1, tf.div(most, far(move))))) as tf.Tensor2D;
  });
}

/**
 * Moves of every other input each: one concept, or towards a class.
 * @param alone whether all inputs move one concept @returns `[N, K]`
 */
export function movedConcepts(
  { mean, relevances }: Pick<ForwardPass, 'mean' | 'relevances'>,
  { bias, alone }: { readonly bias: boolean; readonly alone: boolean },
  random: RandomStream,
): tf.Tensor2D {
  const one = oneMoved(mean, bias, random);
  if (alone) return one;
  const towards = classMoved(mean, relevances, bias, random);
  const even = tf.tensor2d(
    Uint8Array.from({ length: mean.shape[0] }, (_, n) => n % 2),
    [mean.shape[0], 1],
    'bool',
  );
  return tf.where(tf.tile(even, [1, mean.shape[1]]), towards, one) as tf.Tensor2D;
}

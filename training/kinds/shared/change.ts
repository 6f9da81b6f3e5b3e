import * as tf from '@tensorflow/tfjs';
import { constant } from '../../ops/constant.ts';

/**
 * What a move of concepts changes in the picture: `mean_x Σ_i |dec(h′)_i − x̂_i|`. The least that shows the move is best:
 * nothing else keeps a decoder from drawing specks where concepts are far from usual, since whoever looks for a class may
 * ignore them.
 * @param pictures `[N, …]` of moved concepts
 * @param reconstruction `[N, …]` of the concepts as they are, which does not follow the pictures
 * @returns scalar, in the units of the pictures
 */
export function changeLoss(pictures: tf.Tensor, reconstruction: tf.Tensor): tf.Scalar {
  const differences = tf.abs(
    tf.sub(
      pictures,
      constant(() => reconstruction.clone()),
    ),
  );
  return tf.div(tf.sum(differences), pictures.shape[0] as number) as tf.Scalar;
}

import * as tf from '@tensorflow/tfjs';
import { classificationLoss } from '../../losses/classification.ts';
import { reconstructionLosses } from '../../losses/reconstruction.ts';
import type { Batch } from '../../losses/terms.ts';
import { applyToData } from '../../networks/chain/run.ts';
import { type PrototypeNetworks, relevancesOf, similarityOf } from './networks.ts';

/** The terms of a PrototypeDNN's loss (Li et al. 2018, eq. 3 to 5), each a mean over the batch or over the prototypes. */

/** Everything that one pass gives: the code, what is made of it, and the logits. */
interface Pass {
  /** `[N, m]`, squared distances of the codes to the prototypes */
  readonly distances: tf.Tensor2D;
  /** `[N, H, W, C]` */
  readonly reconstruction: tf.Tensor;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
}

/** One pass through the networks. θ is the same for every input, so that the logits are one matrix product. */
function passOf(networks: PrototypeNetworks, x: tf.Tensor): Pass {
  const [first, ...others] = networks.conceptizer.layers.slice(1, -1) as [tf.layers.Layer, ...tf.layers.Layer[]];
  const code = others.reduce((value, layer) => layer.apply(value) as tf.Tensor, applyToData(first, x)) as tf.Tensor2D;
  const distances = similarityOf(networks).distances(code);
  return {
    distances,
    reconstruction: networks.latentDecoder.apply(code) as tf.Tensor,
    logits: tf.matMul(tf.neg(distances), relevancesOf(networks).matrix()),
  };
}

/** R₁, how far each prototype is from the nearest input of the batch. @param distances `[N, m]` @returns scalar */
export function nearInput(distances: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.min(distances, 0));
}

/** R₂, how far each input is from the nearest prototype. @param distances `[N, m]` @returns scalar */
export function nearPrototype(distances: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.min(distances, 1));
}

/** Every term, unweighted, and the logits that they are of: `[N, C]`. */
export function prototypeTerms(networks: PrototypeNetworks, { x, labels }: Batch) {
  const { distances, reconstruction, logits } = passOf(networks, x);
  return {
    logits,
    terms: {
      classification: classificationLoss(logits, labels),
      reconstruction: reconstructionLosses.squared(reconstruction, x),
      nearInput: nearInput(distances),
      nearPrototype: nearPrototype(distances),
    },
  };
}

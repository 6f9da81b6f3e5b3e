import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../../core/random.ts';
import { kindOf } from '../../../training/kinds/index.ts';
import type { Networks } from '../../../training/kinds/shared/networks.ts';
import { lastWeights as lossWeights } from '../../../training/loop/phases.ts';
import { termsOf } from '../../../training/losses/terms.ts';
import { trainableVariables } from '../../../training/networks/networks.ts';
import { expectClose } from '../../helpers/close.ts';
import type { SharedConfig, tinyBatch } from '../tiny.ts';
import { directionalDerivatives } from './finite-differences.ts';

/** Every term of a loss held against finite differences: what proves that nothing is differentiated twice. */

/** What float32 leaves between two ways to compute the same. */
export const FLOAT = { absolute: 1e-5, relative: 1e-4 };
/** What it leaves of a difference of two losses. */
const DIFFERENCE = { absolute: 1e-3, relative: 1e-2 };

/** Every term of the loss, always with the same random choices. */
export const lossOf = (networks: Networks, batch: ReturnType<typeof tinyBatch>, config: SharedConfig) =>
  kindOf(config).loss(networks, batch, { config, weights: lossWeights(config), count: 20, random: randomStream(3) });

/** Compares every term's gradient by every variable. @returns how many derivatives were far from zero */
export function compareGradients(
  networks: Networks,
  batch: ReturnType<typeof tinyBatch>,
  config: SharedConfig,
  step?: number,
): number {
  const variables = trainableVariables(Object.values(networks));
  let compared = 0;
  for (const term of termsOf(lossWeights(config), kindOf(config).terms)) {
    variables.forEach((variable, i) => {
      // A term that does not use the variable has the derivative zero, which tfjs would refuse to compute.
      const loss = () =>
        tf.add(lossOf(networks, batch, config)[term] as tf.Scalar, tf.mul(0, tf.sum(variable))) as tf.Scalar;
      const { tape, difference } = directionalDerivatives(loss, variable, 100 + i, step);
      expectClose(tape, difference, DIFFERENCE);
      if (Math.abs(difference) > 10 * DIFFERENCE.absolute) compared++;
    });
  }
  return compared;
}

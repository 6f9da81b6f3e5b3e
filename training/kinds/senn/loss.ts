import * as tf from '@tensorflow/tfjs';
import { reconstructionLosses } from '../../losses/reconstruction.ts';
import { withoutBias } from '../shared/forward.ts';
import type { ConceptLoss } from '../shared/loss.ts';
import type { SennConceptizer } from './config.ts';

/** The concept loss of a SENN: the reconstruction, and how many concepts speak. Features as they are, and ones, need none. */
export const sennConceptLoss: ConceptLoss<SennConceptizer> = {
  weights: (config) => (config.kind === 'convolutional' ? { reconstruction: 1, sparsity: config.sparsity } : {}),
  terms: (config, { x, concepts, reconstruction, bias }) =>
    config.kind === 'convolutional'
      ? {
          reconstruction: reconstructionLosses[config.reconstruction](reconstruction, x),
          sparsity: tf.mean(tf.abs(withoutBias(concepts, bias))),
        }
      : {},
};

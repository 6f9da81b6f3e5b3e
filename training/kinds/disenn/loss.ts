import type * as tf from '@tensorflow/tfjs';
import { reconstructionLosses } from '../../losses/reconstruction.ts';
import { withoutBias } from '../shared/forward.ts';
import type { ConceptLoss } from '../shared/loss.ts';
import type { DisennConceptizer } from './config.ts';
import { decomposeKl, klDivergence } from './kl.ts';

/** The concept loss of a DiSENN: the reconstruction, and how far the posteriors are from the prior, whole or in parts. */
export const disennConceptLoss: ConceptLoss<DisennConceptizer> = {
  weights: ({ objective, beta }) =>
    objective === 'beta-vae'
      ? { reconstruction: 1, kl: beta }
      : { reconstruction: 1, mutualInformation: 1, totalCorrelation: beta, dimensionWiseKl: 1 },
  terms: (config, { x, mean, logVariance, concepts, reconstruction, count, bias }) => {
    const error = reconstructionLosses[config.reconstruction](reconstruction, x);
    const own = (values: tf.Tensor2D) => withoutBias(values, bias);
    const [mu, variance] = [own(mean), own(logVariance as tf.Tensor2D)];
    if (config.objective === 'beta-vae') return { reconstruction: error, kl: klDivergence(mu, variance) };
    return { reconstruction: error, ...decomposeKl(own(concepts), mu, variance, count) };
  },
};

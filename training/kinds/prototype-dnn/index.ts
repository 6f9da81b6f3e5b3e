import * as tf from '@tensorflow/tfjs';
import { letteredNames } from '../../../core/text/letters.ts';
import { effective, withSum } from '../../losses/terms.ts';
import { toContractLayout } from '../../networks/layout.ts';
import type { Kind } from '../kind.ts';
import { type PrototypeDnnConfig, prototypeDnnSchema } from './config.ts';
import { prototypeTerms } from './loss.ts';
import { createPrototypeNetworks, type PrototypeNetworks, relevancesOf, similarityOf } from './networks.ts';

/**
 * The kind `prototype-dnn`, as a row of the table. An input is explained by what it is near to: concept j is
 * `h_j = −‖z − p_j‖²`, 0 at the prototype and falling from there, and `θ_jc` says what a unit of nearness to prototype j
 * is worth to class c. Logits are `Σ_j θ_jc·h_j` exactly, the published model's `distances·W` with θ = −W.
 */

const terms = ['classification', 'reconstruction', 'nearInput', 'nearPrototype'] as const;

/**
 * The class of each prototype: what the networks say of an input whose code it is, `[m]`. The largest relevance of a
 * prototype is not always that class: prototypes of one class share their work, and some only speak against another.
 */
function classesOf(networks: PrototypeNetworks): readonly number[] {
  const similarity = similarityOf(networks);
  return tf.tidy(() => {
    const h = tf.neg(similarity.distances(similarity.points())) as tf.Tensor2D;
    return Array.from(tf.argMax(tf.matMul(h, relevancesOf(networks).matrix()), 1).dataSync());
  });
}

export const prototypeDnn = {
  title: 'a PrototypeDNN',
  description:
    'Relevances that are the same for every input weigh how near an image is to learnt prototypes, which a decoder shows (Li, Liu, Chen & Rudin 2018).',
  schema: prototypeDnnSchema,
  graphs: {
    conceptizer: { inputs: ['input'], outputs: ['concepts'] },
    parameterizer: { inputs: ['input'], outputs: ['relevances'] },
  },
  artefacts: [
    'concepts',
    'relevances',
    'contributions',
    'prototypes',
    'lowPrototypes',
    'contrasts',
    'classPrototypes',
    'decodedPrototypes',
    'counterfactual',
  ],
  terms,
  figures: ['accuracy', ...terms],
  scaling: (_config, dataset) => dataset.scaling,
  create: createPrototypeNetworks,
  phases: ({ epochs, weights }) => {
    const all = effective(weights);
    return [
      {
        epochs,
        trains: ['conceptizer', 'parameterizer', 'latentDecoder'],
        supervised: all['classification'] !== undefined,
        weightsAt: () => all,
      },
    ];
  },
  loss: (networks, batch, { weights }) => withSum(prototypeTerms(networks, batch).terms, weights),
  evaluate: (networks, batch) => {
    const { logits, terms: figures } = prototypeTerms(networks, batch);
    const right = tf.equal(tf.argMax(logits, 1), tf.argMax(batch.labels, 1));
    return { accuracy: tf.mean(tf.cast(right, 'float32')), ...figures };
  },
  hasBias: () => false,
  conceptNames: (_config, _input, count) => letteredNames('prototype', count),
  labelsOf: classesOf,
  statics: (networks) =>
    tf.tidy(() => {
      const images = toContractLayout(networks.latentDecoder.apply(similarityOf(networks).points()) as tf.Tensor);
      const [m = 0, ...shape] = images.shape;
      return { decodedPrototypes: { shape: [m, 1, ...shape], data: images.dataSync<'float32'>() } };
    }),
} as const satisfies Kind<PrototypeDnnConfig, PrototypeNetworks>;

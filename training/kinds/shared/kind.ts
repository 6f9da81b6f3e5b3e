import * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Ports, TensorName } from '../../../core/graphs.ts';
import { randomStream } from '../../../core/random.ts';
import { letteredNames } from '../../../core/text/letters.ts';
import type { Reads } from '../../config/theta.ts';
import { classificationLoss } from '../../losses/classification.ts';
import { robustnessLoss } from '../../losses/robustness.ts';
import type { Graphs, Kind } from '../kind.ts';
import type { ConceptizerConfig, SharedConfig } from './config.ts';
import { forwardPass } from './forward.ts';
import { type ConceptLoss, lossOf, phasesOf } from './loss.ts';
import { assembleNetworks, type CreateConceptizer, type Networks, scalingOf } from './networks.ts';

/** A SENN and a DiSENN as rows of the table of kinds: the same loss, phases and figures around two conceptizers. */

/** Terms of the concept losses of both, in the order in which they are reported and stand in `metrics.csv`. */
const conceptTerms = [
  'reconstruction',
  'sparsity',
  'kl',
  'mutualInformation',
  'totalCorrelation',
  'dimensionWiseKl',
] as const;

/** θ, by what it reads. */
const parameterizer = (reads: Reads): Ports => ({ inputs: [reads], outputs: ['relevances'] });
const decoder: Ports = { inputs: ['concepts'], outputs: ['reconstruction'] };

/** What SENN and DiSENN do not share. */
export interface Particulars<Schema extends z.ZodType, Conceptizer extends ConceptizerConfig> {
  readonly title: string;
  readonly description: string;
  readonly schema: Schema;
  /** What the conceptizer gives, by the names of the contract. */
  readonly conceptizerOutputs: readonly TensorName[];
  readonly createConceptizer: CreateConceptizer<Conceptizer>;
  readonly conceptLoss: ConceptLoss<Conceptizer>;
  /** The conceptizer by whose terms an evaluation is reported: one whose concept loss needs no samples. */
  readonly evaluated: (config: Conceptizer) => Conceptizer;
  /** Whether the concepts are the features of a table themselves, and so bear their names. */
  readonly featuresAreConcepts: (config: Conceptizer) => boolean;
}

export function sharedKind<Schema extends z.ZodType<SharedConfig<Conceptizer>>, Conceptizer extends ConceptizerConfig>({
  title,
  description,
  schema,
  conceptizerOutputs,
  createConceptizer,
  conceptLoss,
  evaluated,
  featuresAreConcepts,
}: Particulars<Schema, Conceptizer>) {
  const graphs = (reads: Reads): Graphs => ({
    conceptizer: { inputs: ['input'], outputs: conceptizerOutputs },
    parameterizer: parameterizer(reads),
    decoder,
  });
  return {
    title,
    description,
    schema,
    graphs: graphs('concepts'),
    graphsOf: (config) => graphs(config.parameterizer.reads),
    artefacts: [
      'concepts',
      'relevances',
      'contributions',
      'traversals',
      'prototypes',
      'lowPrototypes',
      'contrasts',
      'classPrototypes',
      'counterfactual',
      'familiarity',
    ],
    terms: [
      'classification',
      'robustness',
      'readBack',
      'promise',
      'depiction',
      'critic',
      'reclassification',
      'contributionSparsity',
      'decorrelation',
      ...conceptTerms,
    ],
    figures: ['accuracy', 'classification', ...conceptTerms],
    scaling: scalingOf,
    create: (config, task, random) => assembleNetworks(config, createConceptizer, task, random),
    phases: (config) => phasesOf(config, conceptLoss),
    loss: (networks, batch, context) => lossOf(networks, batch, context, conceptLoss),
    evaluate: (networks, { x, labels }, { config, count, thorough }) => {
      const pass = forwardPass(networks, x, config.parameterizer.reads);
      const exact = { estimator: 'exact', reduction: 'mean', scale: config.robustness.scale } as const;
      return {
        accuracy: tf.mean(tf.cast(tf.equal(tf.argMax(pass.logits, 1), tf.argMax(labels, 1)), 'float32')),
        classification: classificationLoss(pass.logits, labels),
        ...(thorough && { robustness: robustnessLoss(pass, exact, randomStream(0)) }),
        ...conceptLoss.terms(evaluated(config.conceptizer), { ...pass, x, count, bias: config.aggregator.bias }),
      };
    },
    hasBias: ({ aggregator }) => aggregator.bias,
    counterfactualOf: ({ depiction }) =>
      depiction && { margin: depiction.margin, ...(depiction.shift !== undefined && { shift: depiction.shift }) },
    conceptNames: ({ conceptizer }, input, count) =>
      featuresAreConcepts(conceptizer) && input.kind === 'tabular'
        ? input.features.map(({ name }) => name)
        : letteredNames('concept', count),
  } as const satisfies Kind<z.infer<Schema>, Networks>;
}

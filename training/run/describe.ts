import * as tf from '@tensorflow/tfjs';
import { planOf } from '../../core/graphs.ts';
import type { Manifest } from '../../core/manifest.ts';
import { outputOf, type Session } from '../../core/session.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tfjsSessions } from '../audit/tfjs-session.ts';
import type { BackendName } from '../backends/index.ts';
import type { Config } from '../config/config.ts';
import { graphsOf, kindOf } from '../kinds/index.ts';
import type { Graphs } from '../kinds/kind.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import { conceptActivations, type Evaluation, evaluate } from './evaluate.ts';
import type { Workspace } from './prepare.ts';
import type { RunRecord } from './record.ts';
import { staticDocuments } from './statics.ts';
import { describeTrainingSet } from './training-set/describe.ts';
import { familiarityOver } from './training-set/familiarity.ts';

/** What a run that is done says of itself: its record, and the files that belong to the model and to no input. */

const capitalized = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** `accuracy` → `testAccuracy`, and so on; the cross-entropy by its own name. */
function testMetrics({ classification, ...rest }: Evaluation): Manifest['metrics'] {
  const figures = { ...rest, crossEntropy: classification };
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`test${capitalized(name)}`, value as number]),
  );
}

/** The names of the concepts; one that speaks for a class whatever the input, and has no name of its own, bears its name. */
function labelledNames(config: Config, { networks, dataset, conceptNames }: Workspace): readonly string[] {
  const labels = config.conceptNames === undefined ? kindOf(config).labelsOf?.(networks) : undefined;
  if (labels === undefined) return conceptNames;
  return conceptNames.map((name, k) => `${name} (${dataset.classes[labels[k] as number]})`);
}

/** What the networks redraw inputs as; `undefined` where they have no decoder. @param contract in the contract's units */
function reconstructor(contract: NamedNetworks, graphs: Graphs): ((input: Tensor) => Promise<Tensor>) | undefined {
  if (planOf(graphs, ['concepts'], ['reconstruction']) === undefined) return undefined;
  const { conceptizer, decoder } = tfjsSessions(contract, graphs) as Record<'conceptizer' | 'decoder', Session>;
  return async (input) => {
    const concepts = outputOf(await conceptizer.run({ input }, ['concepts']), 'concepts');
    return outputOf(await decoder.run({ concepts }, ['reconstruction']), 'reconstruction');
  };
}

/** Of networks that are trained. The test set is looked at here, and nowhere before. */
export async function describeRun(
  config: Config,
  backend: BackendName,
  workspace: Workspace,
): Promise<{ readonly record: RunRecord; readonly statics: Readonly<Record<string, string | Uint8Array>> }> {
  const { dataset, networks, contract, train, test } = workspace;
  const kind = kindOf(config);
  const everything = { ...train, split: dataset.train };
  const activations = conceptActivations(networks, everything);
  const described = describeTrainingSet(activations, labelledNames(config, workspace), dataset);
  const subject = { input: dataset.input, concepts: described.concepts };
  const statics = { ...described.statics, ...staticDocuments(subject, kind.statics?.(networks) ?? {}) };
  const reconstruct = reconstructor(contract, graphsOf(config));
  const familiarity = reconstruct && (await familiarityOver(dataset.train, dataset.input, reconstruct));
  const counterfactual = kind.counterfactualOf?.(config);
  const record: RunRecord = {
    ...recordOf(config, backend, workspace, subject.concepts),
    ...(familiarity && { familiarity }),
    ...(counterfactual && { counterfactual }),
    metrics: testMetrics(evaluate(networks, test, { config, thorough: true })),
  };
  return { record, statics };
}

/** The record of networks, before anything of them is measured. */
export function recordOf(
  config: Config,
  backend: BackendName,
  { dataset, train }: Pick<Workspace, 'dataset' | 'train'>,
  concepts: RunRecord['concepts'],
): RunRecord {
  return {
    name: config.name,
    version: config.version,
    kind: config.kind,
    input: dataset.input,
    classes: [...dataset.classes],
    concepts,
    graphs: JSON.parse(JSON.stringify(graphsOf(config))),
    training: {
      config: JSON.parse(JSON.stringify(config)),
      data: {
        name: `${dataset.name}:train`,
        count: train.split.labels.length,
        sha256: dataset.sha256,
        ...(dataset.people && { people: true }),
      },
      seed: config.seed,
      backend,
      versions: { '@tensorflow/tfjs': tf.version_core, node: process.versions.node },
    },
    metrics: {},
  };
}

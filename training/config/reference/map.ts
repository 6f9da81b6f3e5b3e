import { parseStrictly } from '../suggest-key.ts';
import { type ConfigInput, modelOf } from './model.ts';
import { notesOf } from './notes.ts';
import { type ReferenceConfig, referenceConfigSchema } from './schema.ts';

/** A name for files and models: lower-case letters, digits, ".", "_" and "-". */
export function nameOf({ exp_name }: Pick<ReferenceConfig, 'exp_name'>): string {
  const plain = exp_name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return plain
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
}

/** What a file of the reference asks for besides a training run. */
export interface ReferenceExperiment {
  /** Whether the file asks for training at all. */
  readonly train: boolean;
  /** Configuration files whose test accuracies are compared: `[λ][seed]`. */
  readonly accuracyVsLambda?: readonly (readonly string[])[];
}

function experimentOf({ train, accuracy_vs_lambda }: ReferenceConfig): ReferenceExperiment {
  const files = accuracy_vs_lambda?.map((entry) => (typeof entry === 'string' ? [entry] : entry));
  return { train, ...(files && { accuracyVsLambda: files }) };
}

export interface MappedConfig {
  /** For `configSchema`. */
  readonly config: ConfigInput;
  readonly experiment: ReferenceExperiment;
  /** What was changed or ignored and why, a line each. */
  readonly notes: readonly string[];
}

export interface MapOptions {
  /** The name of the run; the file's `exp_name` when absent. */
  readonly name?: string;
  /** Where the configuration came from, for errors. */
  readonly where?: string;
}

/**
 * A configuration of the reference as one of ours: the same data, networks, losses and weights, in our units.
 * `docs/reference-configs.md` has the table, and what of the reference is not copied.
 * @throws invalid_config
 */
export function mapReferenceConfig(
  json: unknown,
  { name, where = 'reference configuration' }: MapOptions = {},
): MappedConfig {
  const reference = parseStrictly(referenceConfigSchema, json, 'invalid_config', where);
  const config: ConfigInput = {
    name: name ?? nameOf(reference),
    seed: reference.manual_seed ?? 0,
    ...modelOf(reference),
    ...(reference.concept_names && { conceptNames: reference.concept_names }),
    robustness: {
      estimator: 'exact',
      weight: reference.robustness_loss === 'zero_loss' ? 0 : reference.robust_reg,
      reduction: 'batch',
    },
    initializer: 'pytorch',
    optimizer: { kind: 'adam', learningRate: reference.lr },
    epochs: reference.epochs,
    batchSize: reference.batch_size,
    keep: reference.valid_size > 0 ? 'best' : 'last',
  };
  return { config, experiment: experimentOf(reference), notes: notesOf(json as object, reference, config) };
}

import type { Config } from '../../config/config.ts';
import type { ExperimentOptions } from '../experiment.ts';
import type { ExperimentName } from '../names.ts';

/** The seeds that were asked for, else that of the configuration. */
export function seedsOf({ seed }: Config, { seeds }: Pick<ExperimentOptions, 'seeds'>): readonly number[] {
  return seeds.length === 0 ? [seed] : seeds;
}

/** The command that makes a sweep again; what is empty was not asked for. */
export function sweepCommand(
  name: ExperimentName,
  {
    configs,
    lambdas = [],
    vary = [],
    folds,
    seeds,
  }: Pick<ExperimentOptions, 'configs' | 'seeds'> & Partial<Pick<ExperimentOptions, 'lambdas' | 'vary' | 'folds'>>,
): string {
  return [
    `senn experiment ${name}`,
    ...configs.map((path) => `--config ${path}`),
    ...(lambdas.length === 0 ? [] : [`--lambdas ${lambdas.join(',')}`]),
    ...vary.map((dimension) => `--vary ${dimension}`),
    ...(folds === undefined ? [] : [`--folds ${folds}`]),
    ...(seeds.length === 0 ? [] : [`--seeds ${seeds.join(',')}`]),
    '--out DIR',
  ].join(' ');
}

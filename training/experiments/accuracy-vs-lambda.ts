import { basename, dirname, join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import type { Config } from '../config/config.ts';
import { readConfig, readConfigFile } from '../config/config-file.ts';
import { accuracyVsLambda as draw } from '../figures/charts/accuracy-vs-lambda.ts';
import type { Experiment, ExperimentOptions } from './experiment.ts';
import { seedsOf, sweepCommand } from './sweep/plan.ts';
import { type PlannedRun, runSweep } from './sweep/sweep.ts';
import { writeSweep } from './sweep/write-sweep.ts';

/** λ of the papers' figures. */
const LAMBDAS = [0, 1e-4, 1e-3, 1e-2, 1e-1, 1] as const;

/** A configuration with a robustness loss, which λ weighs. */
type WithLambda = Extract<Config, { robustness: unknown }>;

/** @throws invalid_config where the kind of model has no λ */
function withLambda(config: Config, path: string): WithLambda {
  if ('robustness' in config) return config;
  throw new SennError('invalid_config', `${path}: its kind "${config.kind}" has no robustness loss, so no λ`);
}

/** λ by λ and seed by seed, from one of our configurations. */
function ownPlans(config: WithLambda, lambdas: readonly number[], seeds: readonly number[]): WithLambda[] {
  return lambdas.flatMap((weight) =>
    seeds.map((seed) => ({ ...config, seed, robustness: { ...config.robustness, weight } })),
  );
}

/** The configurations of one line in the figure: those that a file of the reference lists, or every λ and seed. */
async function plansOf(path: string, options: ExperimentOptions): Promise<PlannedRun[]> {
  const { lambdas, seeds } = options;
  const { config, experiment } = await readConfigFile(path);
  const listed = lambdas.length === 0 && seeds.length === 0 ? experiment?.accuracyVsLambda?.flat() : undefined;
  const configs =
    listed === undefined
      ? ownPlans(withLambda(config, path), lambdas.length === 0 ? LAMBDAS : lambdas, seedsOf(config, options))
      : await Promise.all(listed.map((file) => readConfig(join(dirname(path), basename(file)))));
  return configs.map((each) => ({
    setting: { model: config.name, lambda: withLambda(each, path).robustness.weight, seed: each.seed },
    config: each,
  }));
}

/** Test accuracy against the weight of the robustness loss, over seeds (Alvarez-Melis & Jaakkola 2018, figure 5). */
export const accuracyVsLambda: Experiment = {
  needs: ['configs'],
  run: async (options) => {
    const { configs, lambdas, seeds } = options;
    const plans = (await Promise.all(configs.map((path) => plansOf(path, options)))).flat();
    const runs = await runSweep(plans, options);
    const points = runs.map(({ setting, metrics }) => ({
      series: String(setting['model']),
      lambda: Number(setting['lambda']),
      seed: Number(setting['seed']),
      accuracy: metrics['testAccuracy'] as number,
    }));
    const figure = {
      name: 'accuracy-vs-lambda',
      title: 'Test accuracy against λ',
      caption: 'Mean over the seeds; bars are one standard deviation.',
      svg: await draw({ runs: points }),
    };
    return writeSweep(options, {
      title: 'Accuracy against the weight of the robustness loss',
      lead: `${configs.join(', ')}, trained anew for every λ and seed.`,
      runs,
      over: ['seed'],
      figures: [figure],
      command: sweepCommand('accuracy-vs-lambda', { configs, lambdas, seeds }),
    });
  },
};

import { SennError } from '../../core/errors.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/config-file.ts';
import type { Experiment } from './experiment.ts';
import { seedsOf, sweepCommand } from './sweep/plan.ts';
import { type PlannedRun, runSweep } from './sweep/sweep.ts';
import { writeSweep } from './sweep/write-sweep.ts';

/** The configuration with one fold as its test set. @throws invalid_config where the data set is not split by us */
export function withFold(config: Config, path: string, folds: number, fold: number): Config {
  const { data } = config;
  if (!('split' in data) || data.split === undefined) {
    throw new SennError('invalid_config', `${path}: ${data.name} comes with a test set of its own; it has no folds`);
  }
  const { by } = data.split;
  return { ...config, data: { ...data, split: { by, folds, fold } } } as Config;
}

/** Every input is a test input once: `folds` runs, each tested on a fold that it did not see. */
export const crossValidation: Experiment = {
  needs: ['configs'],
  run: async (options) => {
    const { configs, folds } = options;
    const plans: PlannedRun[] = [];
    for (const path of configs) {
      const config = await readConfig(path);
      for (const seed of seedsOf(config, options)) {
        for (let fold = 0; fold < folds; fold++) {
          const setting = { model: config.name, seed, fold };
          plans.push({ setting, config: { ...withFold(config, path, folds, fold), seed } });
        }
      }
    }
    return writeSweep(options, {
      title: `${folds}-fold cross-validation`,
      lead: `${configs.join(', ')}, trained ${folds} times for every seed, each time tested on the fold that was left out.`,
      runs: await runSweep(plans, options),
      over: ['seed', 'fold'],
      figures: [],
      command: sweepCommand('cross-validation', { configs, folds, seeds: options.seeds }),
    });
  },
};

import { readConfig } from '../config/config-file.ts';
import type { Experiment } from './experiment.ts';
import { seedsOf, sweepCommand } from './sweep/plan.ts';
import { type PlannedRun, runSweep } from './sweep/sweep.ts';
import { writeSweep } from './sweep/write-sweep.ts';

/** The same configuration with several seeds. */
export const seeds: Experiment = {
  needs: ['configs'],
  run: async (options) => {
    const { configs } = options;
    const plans: PlannedRun[] = [];
    for (const path of configs) {
      const config = await readConfig(path);
      for (const seed of seedsOf(config, options)) {
        plans.push({ setting: { model: config.name, seed }, config: { ...config, seed } });
      }
    }
    return writeSweep(options, {
      title: 'One configuration, several seeds',
      lead: `${configs.join(', ')}, trained anew with every seed.`,
      runs: await runSweep(plans, options),
      over: ['seed'],
      figures: [],
      command: sweepCommand('seeds', { configs, seeds: options.seeds }),
    });
  },
};

import type { Config } from '../../training/config/config.ts';
import type { Dataset } from '../../training/datasets/dataset.ts';
import { kindOf } from '../../training/kinds/index.ts';
import { Adam } from '../../training/loop/adam.ts';
import { augmentOf } from '../../training/loop/augment.ts';
import { spansOf } from '../../training/loop/phases.ts';
import { trainStep } from '../../training/loop/step.ts';
import { prepare } from '../../training/run/prepare.ts';

/** What is timed: the steps of each phase of a configuration. Every lane has networks of its own. */

export interface Lane {
  readonly name: string;
  /** Share of the steps of its configuration that are of this phase. */
  readonly share: number;
  /** One step on a random batch, its terms on the host when it returns. */
  step(): void;
}

/** Small enough to leave the networks as they were: all steps of a lane do the same work. */
const LEARNING_RATE = 1e-6;

/** A lane for each phase, in their order. @param what goes before the number of the phase, in the names of the lanes */
export function lanesOf(config: Config, dataset: Dataset, what: string): Lane[] {
  const { networks, train, random } = prepare(config, dataset);
  const augment = augmentOf({ config, train, random });
  const count = train.split.labels.length;
  const spans = spansOf(kindOf(config).phases(config), networks, Math.ceil(count / config.batchSize));
  const all = spans.reduce((sum, { steps }) => sum + steps, 0);
  return spans.map(({ variables, weightsAt, steps }, i) => {
    const weights = weightsAt(Number.POSITIVE_INFINITY);
    const optimizer = new Adam(variables, LEARNING_RATE);
    return {
      name: `${what}, phase ${i + 1}: ${Object.keys(weights).join(' ')}`,
      share: steps / all,
      step: () => {
        const rows = Int32Array.from({ length: config.batchSize }, () => random.integer(count));
        const terms = trainStep(networks, { variables, weights }, optimizer, rows, { config, train, random, augment });
        terms.dataSync();
        terms.dispose();
      },
    };
  });
}

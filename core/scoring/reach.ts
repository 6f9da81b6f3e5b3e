import type { Need } from '../metrics/evidence/evidence.ts';
import { metrics } from '../metrics/index.ts';
import type { Metric, MetricName } from '../metrics/metric.ts';

/** How much of a set a metric must have before it: this decides what is held in memory, and what can be shared out. */

/**
 * `batch`: each input's value is its own, and a batch is enough. `explanations`: h and θ of all inputs, some hundred bytes
 * each. `inputs`: all inputs themselves as well.
 */
export type Reach = 'batch' | 'explanations' | 'inputs';

/** What is of the set as a whole: a batch of it would be another sample. */
const ofTheSet: readonly Need[] = ['moves', 'removals', 'training', 'factors'];

/** What of the set as a whole cannot be told without its inputs. */
const ofItsInputs: readonly Need[] = ['parts', 'ball'];

export function reachOf(name: MetricName): Reach {
  const { scope, needs, compares }: Metric = metrics[name];
  if (compares !== undefined) return compares;
  const isOfBatch = scope === 'input' && !needs.some((need) => ofTheSet.includes(need) || need === 'parts');
  if (isOfBatch) return 'batch';
  return needs.some((need) => ofItsInputs.includes(need)) ? 'inputs' : 'explanations';
}

/** The metrics of this reach, in the order given. */
export const withReach = (names: readonly MetricName[], ...reaches: readonly Reach[]): MetricName[] =>
  names.filter((name) => reaches.includes(reachOf(name)));

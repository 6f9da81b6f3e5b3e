import { SennError } from '../errors.ts';
import { parseNameList } from '../text/name-list.ts';
import { type Need, needDescriptions } from './evidence/evidence.ts';
import { metricNames, metrics } from './index.ts';
import { type MetricName, type MetricSetName, metricSetNames } from './metric.ts';

/** From the names that a user gives (`--metrics paper,mig`) to the metrics to compute. */

/** A metric, a set of metrics, or every metric whose needs are met. */
export type MetricChoice = MetricName | MetricSetName | 'all';

export const metricChoices: readonly MetricChoice[] = [...metricSetNames, 'all', ...metricNames];

/** @param text a comma list of metrics and sets of metrics @throws invalid_config where a name is unknown */
export const parseMetricList = (text: string): MetricChoice[] => parseNameList(text, 'metric', metricChoices);

const unmet = (name: MetricName, met: ReadonlySet<Need>): Need | undefined =>
  metrics[name].needs.find((need) => !met.has(need));

const membersOf = (set: MetricSetName): MetricName[] => metricNames.filter((name) => metrics[name].sets.includes(set));

/**
 * The metrics of a choice, each once, in the order of the choice.
 * @param met the needs that the model and the set meet
 * @param where names the set in the error, as `mnist:test`
 * @throws invalid_config where a metric was named, alone or by its set, whose needs are not met; `all` leaves it out
 */
export function chooseMetrics(choices: readonly MetricChoice[], met: ReadonlySet<Need>, where: string): MetricName[] {
  const chosen = choices.flatMap((choice): MetricName[] => {
    if (choice === 'all') return metricNames.filter((name) => unmet(name, met) === undefined);
    const names = metricSetNames.includes(choice as MetricSetName)
      ? membersOf(choice as MetricSetName)
      : [choice as MetricName];
    for (const name of names) {
      const need = unmet(name, met);
      if (need === undefined) continue;
      throw new SennError(
        'invalid_config',
        `metric ${name} needs ${needDescriptions[need]}; ${where} does not give them`,
        {
          metric: name,
          need,
        },
      );
    }
    return names;
  });
  return [...new Set(chosen)];
}

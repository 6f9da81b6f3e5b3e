import { SennError } from '../errors.ts';
import { parseNameList } from '../text/name-list.ts';
import { type Need, needDescriptions } from './evidence/evidence.ts';
import { metricNames, metrics } from './index.ts';
import { type MetricName, type MetricSetName, metricSetNames } from './metric.ts';

/** From the names that a user gives (`--metrics paper,mig`) to the metrics to compute. */

/** A metric, a set of metrics, or every metric whose needs are met and that does not search. */
export type MetricChoice = MetricName | MetricSetName | 'all';

export const metricChoices: readonly MetricChoice[] = [...metricSetNames, 'all', ...metricNames];

/** @param text a comma list of metrics and sets of metrics @throws invalid_config where a name is unknown */
export const parseMetricList = (text: string): MetricChoice[] => parseNameList(text, 'metric', metricChoices);

const unmet = (name: MetricName, met: ReadonlySet<Need>): Need | undefined =>
  metrics[name].needs.find((need) => !met.has(need));

const isSet = (choice: MetricChoice): choice is MetricSetName => (metricSetNames as readonly string[]).includes(choice);

const membersOf = (set: MetricSetName): MetricName[] => metricNames.filter((name) => metrics[name].sets.includes(set));

/**
 * The metrics of a choice, each once, in the order of the choice. One rule for needs that are not met: a metric that is
 * named must have a value or say at once why it cannot; a set stays whole, and `score` gives those without a value and
 * with the reason; `all` are by definition those whose needs are met, but for those that search.
 * @param met the needs that the model and the set meet
 * @param where names the set in the error, as `mnist:test`
 * @throws invalid_config where a metric was named by itself whose needs are not met
 */
export function chooseMetrics(choices: readonly MetricChoice[], met: ReadonlySet<Need>, where: string): MetricName[] {
  const chosen = choices.flatMap((choice): MetricName[] => {
    if (choice === 'all')
      return metricNames.filter((name) => !metrics[name].searches && unmet(name, met) === undefined);
    if (isSet(choice)) return membersOf(choice);
    const need = unmet(choice, met);
    if (need === undefined) return [choice];
    throw new SennError(
      'invalid_config',
      `metric ${choice} needs ${needDescriptions[need]}; ${where} does not give them`,
      {
        metric: choice,
        need,
      },
    );
  });
  return [...new Set(chosen)];
}

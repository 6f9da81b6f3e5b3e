import { metrics } from '../metrics/index.ts';
import type { MetricName, Scope, SetValue, Terms, Values } from '../metrics/metric.ts';
import { isNoValue, type NoValue } from '../metrics/no-value.ts';
import type { Scores } from '../metrics/score.ts';

/** Every score that is a value an input, or a mean over them, as a column `[N]`: what statistics are made of. */

/** @returns `undefined` where the metric has no value, or none that is a mean over inputs */
export function termsOf(name: MetricName, scores: Scores): Terms | undefined {
  const result = scores[name] as Values[Scope] | NoValue | undefined;
  if (result === undefined || isNoValue(result)) return undefined;
  const { scope } = metrics[name];
  if (scope === 'input') return { of: result as Values['input'] };
  return scope === 'set' ? (result as SetValue).terms : undefined;
}

export const isOfInputs = (name: MetricName): boolean => metrics[name].scope === 'input';

import type { Audit } from '../manifest.ts';
import { namedStream } from '../random.ts';
import { batchSize } from '../tensor.ts';
import { chooseMetrics } from './choose.ts';
import type { ScoredModel } from './evidence/scored-model.ts';
import { gatherEvidence, needsMet } from './gather.ts';
import { metricNames, metrics } from './index.ts';
import type { MetricName, Scope, SetValue, Values } from './metric.ts';
import { isNoValue, type NoValue } from './no-value.ts';
import { type Scores, score } from './score.ts';
import type { ScoringInputs } from './scoring-set.ts';
import { summarise } from './summary.ts';

/** The set `audit` of metrics as a model keeps it: one figure each, by name. */

/** The figures of a result, by what follows the metric's name: the value itself follows with nothing. */
const figuresOf: { readonly [S in Scope]: (values: Values[S]) => readonly (readonly [string, number | null])[] } = {
  input: (values) => [['', summarise(values).mean]],
  set: ({ value, figures = {} }: SetValue) => [
    ['', value],
    ...Object.entries(figures).map(([name, figure]) => [`.${name}`, figure] as const),
  ],
  class: (values) => [['', summarise(values).mean]],
};

/**
 * Scores as figures by name: `leak.permuted`, `leak.permuted.floor`, and so on; the mean of what has a value an input;
 * `null` for what has none. A figure that is a metric of the same scores (`accuracy`) is not repeated beside others.
 */
export function flatten(scores: Scores): Audit['figures'] {
  const results = Object.entries(scores) as [MetricName, Values[Scope] | NoValue][];
  const rows = results.flatMap(([name, result]): (readonly [string, number | null])[] => {
    if (isNoValue(result)) return [[name, null]];
    const read = figuresOf[metrics[name].scope] as (values: Values[Scope]) => ReturnType<(typeof figuresOf)[Scope]>;
    return read(result)
      .filter(([beside]) => !Object.hasOwn(scores, beside.slice(1)))
      .map(([beside, figure]) => [`${name}${beside}`, figure]);
  });
  return Object.fromEntries(rows);
}

/** The metrics of the set by which one model can be better than another. */
export const judgingMetrics: readonly MetricName[] = metricNames.filter((name) => {
  const { sets, direction } = metrics[name];
  return sets.includes('audit') && direction !== 'none';
});

/**
 * One of them alone, as a figure of which more is better.
 * @returns `undefined` where the metric has no value for the model
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function judgementOf(
  name: MetricName,
  predictor: ScoredModel,
  inputs: ScoringInputs,
  seed: number,
): Promise<number | undefined> {
  const evidence = await gatherEvidence(predictor, inputs, { seed });
  const figure = flatten(await score([name], evidence, { randomOf: (each) => namedStream(seed, each) }))[name];
  if (figure === undefined || figure === null) return undefined;
  return metrics[name].direction === 'lower' ? -figure : figure;
}

/**
 * Audits a model on a set.
 * @param seed of every random choice
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function auditOf(predictor: ScoredModel, inputs: ScoringInputs, seed: number): Promise<Audit> {
  const evidence = await gatherEvidence(predictor, inputs, { seed });
  const names = chooseMetrics(['audit'], needsMet(inputs), inputs.name);
  const scores = await score(names, evidence, { randomOf: (name) => namedStream(seed, name) });
  return { data: inputs.name, count: batchSize(inputs.input), figures: flatten(scores) };
}

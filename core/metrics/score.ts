import type { RandomStream } from '../random.ts';
import { type Evidence, type Need, needDescriptions } from './evidence/evidence.ts';
import { metrics } from './index.ts';
import type { Metric, MetricName, ScopeOf, Values } from './metric.ts';
import { type NoValue, noValue } from './no-value.ts';

/** The values of each metric that was asked for, or why it has none. */
export type Scores = { readonly [Name in MetricName]?: Values[ScopeOf<Name>] | NoValue };

export interface ScoreOptions {
  /**
   * The stream of a metric, one of its own each, so that its values do not depend on which others are asked for; or its
   * stream of input n of the evidence.
   */
  readonly randomOf: (name: MetricName, n?: number) => RandomStream;
  readonly onProgress?: ((name: MetricName, done: number, total: number) => void) | undefined;
}

/**
 * Computes metrics, one after the other, in the order of their names. One whose needs the evidence does not meet has no
 * value, and the reason says which.
 * @throws shape_mismatch | inference_failed
 */
export async function score<Name extends MetricName>(
  names: readonly Name[],
  evidence: Partial<Evidence>,
  { randomOf, onProgress }: ScoreOptions,
): Promise<Pick<Required<Scores>, Name>> {
  const scores: Partial<Record<MetricName, unknown>> = {};
  for (const name of names) {
    const metric: Metric = metrics[name];
    const parts = partsOf(evidence, metric.needs);
    const missing = metric.needs.find((need) => parts[need] === undefined);
    if (missing !== undefined) {
      scores[name] = noValue(`it needs ${needDescriptions[missing]}, which the set does not tell`);
      continue;
    }
    scores[name] = await metric.measure(parts, {
      random: randomOf(name),
      randomOf: (n) => randomOf(name, n),
      onProgress: (done, total) => onProgress?.(name, done, total),
    });
  }
  return scores as Pick<Required<Scores>, Name>;
}

/** The declared parts and no others, so that what a metric reads is what its row says, in untyped code too. */
function partsOf(evidence: Partial<Evidence>, needs: readonly Need[]): Evidence {
  return Object.fromEntries(needs.map((need) => [need, evidence[need]])) as unknown as Evidence;
}

import { z } from 'zod';
import { comparedMetrics } from '../../metrics/comparison/index.ts';
import { metrics } from '../../metrics/index.ts';
import type { Job } from '../job.ts';
import { definitionTexts } from './texts.ts';

/** What the figures of a report mean, as a part of it: whoever finds it in ten years may not find this project. */

/** A bound, `null` where there is none: JSON has no infinity. */
const bound = z.number().nullable();

export const definitionsSchema = z.strictObject({
  /** How to read the report. */
  report: z.array(z.string()),
  metrics: z.record(
    z.string(),
    z.strictObject({
      definition: z.string(),
      scope: z.enum(['input', 'set', 'class']),
      direction: z.enum(['higher', 'lower', 'none']),
      range: z.tuple([bound, bound]),
      needs: z.array(z.string()),
      source: z.string(),
      cannotTell: z.string(),
    }),
  ),
});

const reading = (resamples: number): string[] => [
  'A self-explaining network computes f(x) = Σ_k θ_k(x)·h_k(x): h are its concepts, θ their relevances to each class, θ[k,c]·h[k] the contribution of concept k to class c, and contributions sum to the logits.',
  'A metric of inputs (scope input) has a summary of the inputs that have a value, and counts the others in withoutValue. One of the set has a value, and figures that it must be read beside. One of classes has values in the order of the classes. Where there is no value at all, reason says why. direction says which value is the better one.',
  `intervals, interval: 95 % percentile intervals of ${resamples} bootstrap resamples of the inputs (Efron 1979), the same resamples for every figure; the model and what a metric learned or drew stay as they are. A value that is no mean over the inputs has none.`,
  'comparison: on the same inputs, the mean of the model less that of the first one; interval by the same resamples; p by McNemar’s exact test (1947) where every input is right or wrong, else by Wilcoxon’s signed rank test (1945); adjusted for all metrics that are compared, by Holm (1979).',
  'classes: over the inputs that the model gave the class, the mean contribution of each concept to it, in logits; right is the share of them that are of it.',
  'attributions: other explanations of the predicted classes, judged side by side with contributions, those of the model itself, and with random, which knows nothing. Each metric is Pearson’s correlation, per input, between what an explanation says of the parts of the input and the drop of the class’s probability when each part is taken away: faithfulness by the model’s own removal (a concept is taken out of the sum; where concepts are features of a table, what is said of a feature is judged by its concept), faithfulness.input by removal from the input, which the model reads again (a feature, or a superpixel of an image, is set to the baseline). An explanation that speaks of other parts has no value, and the reason. explains says which number an explanation is of, queries how many rows the model is asked about an input at most.',
  'unusable inputs were not scored: all are counted, the first are listed.',
  'job: the same job gives the same report, but for elapsedSeconds. Digests are SHA-256: of a model’s manifest.json, which holds those of its graphs, and of the data.',
];

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** @param resamples of the bootstrap */
export function definitionsOf(
  { metrics: asked, attributions }: Pick<Job, 'metrics' | 'attributions'>,
  resamples: number,
): z.infer<typeof definitionsSchema> {
  const names = new Set([...asked, ...(attributions.length > 0 ? comparedMetrics : [])]);
  const rows = [...names].map((name) => {
    const { scope, direction, range, needs, source, cannotTell } = metrics[name];
    const [low, high] = range;
    const definition = definitionTexts[name] ?? source;
    return [
      name,
      {
        definition,
        scope,
        direction,
        range: [finite(low), finite(high)] as const,
        needs: [...needs],
        source,
        cannotTell,
      },
    ];
  });
  return { report: reading(resamples), metrics: Object.fromEntries(rows) };
}

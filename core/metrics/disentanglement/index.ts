import { type RandomStream, randomStream } from '../../random.ts';
import type { CodedSample } from '../evidence/factors.ts';
import { type CodedRows, codedGroups, drawSample } from '../evidence/groups.ts';
import { betaVae } from './beta-vae.ts';
import { dci } from './dci.ts';
import { factorVae } from './factor-vae.ts';
import type { DisentanglementMetric, Measurement } from './metric.ts';
import { mig } from './mig.ts';
import { sap } from './sap.ts';

/**
 * Every metric by its name. Settings are those of Locatello et al. 2019, "Challenging Common Assumptions in the
 * Unsupervised Learning of Disentangled Representations", except where a metric says otherwise.
 */
export const disentanglementMetrics = { mig, dci, sap, factorVae, betaVae } satisfies Record<
  string,
  DisentanglementMetric
>;
export type DisentanglementMetricName = keyof typeof disentanglementMetrics;
export const disentanglementMetricNames = Object.keys(disentanglementMetrics) as DisentanglementMetricName[];

/** Rows for the metrics that read a sample: 10,000 to learn from and 5,000 to test on, where a metric parts them. */
const SAMPLE_ROWS = 15_000;

export type Disentanglement = Partial<Record<DisentanglementMetricName, Measurement>>;

/**
 * Measures codes against the factors that are known to be behind them. Every metric has a stream of its own, so that
 * its figures do not depend on which others were asked for.
 * @throws shape_mismatch | unsupported_input | inference_failed
 */
export async function measureDisentanglement(
  rows: CodedRows,
  random: RandomStream,
  names: readonly DisentanglementMetricName[] = disentanglementMetricNames,
): Promise<Disentanglement> {
  const drawing = randomStream(random.seed());
  const streams = disentanglementMetricNames.map((name) => ({ name, stream: randomStream(random.seed()) }));
  const groups = codedGroups(rows);
  let drawn: Promise<CodedSample> | undefined;
  const sample = (): Promise<CodedSample> => {
    drawn ??= drawSample(rows, SAMPLE_ROWS, drawing);
    return drawn;
  };

  const results: [DisentanglementMetricName, Measurement][] = [];
  for (const { name, stream } of streams.filter(({ name }) => names.includes(name))) {
    const metric: DisentanglementMetric = disentanglementMetrics[name];
    const measurement =
      metric.reads === 'sample' ? metric.measure(await sample(), stream) : metric.measure(groups, stream);
    results.push([name, await measurement]);
  }
  return Object.fromEntries(results);
}

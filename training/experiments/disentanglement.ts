import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { codedFactors } from '../../core/metrics/evidence/coded-factors.ts';
import { lookUp } from '../../core/metrics/evidence/groups.ts';
import type { SetValue } from '../../core/metrics/metric.ts';
import { isNoValue, type NoValue } from '../../core/metrics/no-value.ts';
import { score } from '../../core/metrics/score.ts';
import { type RandomStream, randomStream } from '../../core/random.ts';
import { disentanglement as draw } from '../figures/charts/disentanglement.ts';
import { writeWhole } from '../files/folders.ts';
import { inOrder } from '../loop/batches.ts';
import { writeReport } from '../report/write-report.ts';
import { conceptActivations } from '../run/evaluate.ts';
import type { Experiment } from './experiment.ts';
import { type OpenedRun, openRun } from './open-run.ts';

/** The metrics, in the order in which their streams are drawn from the seed of a run. */
const metrics = ['mig', 'dci', 'sap', 'factor-vae'] as const;
type Shown = (typeof metrics)[number];

/** What a chart and a table show: a metric's value, or a figure beside it. */
const shown: readonly { readonly label: string; readonly metric: Shown; readonly figure?: string }[] = [
  { label: 'MIG', metric: 'mig' },
  { label: 'DCI disentanglement', metric: 'dci' },
  { label: 'DCI completeness', metric: 'dci', figure: 'completeness' },
  { label: 'DCI informativeness', metric: 'dci', figure: 'informativeness' },
  { label: 'SAP', metric: 'sap' },
  { label: 'FactorVAE', metric: 'factor-vae' },
];

/** The metrics that are shown, on the test images of a run. @throws unsupported_input where no factors are known */
async function measure({ folder, workspace, record }: OpenedRun): Promise<Record<Shown, SetValue | NoValue>> {
  const { dataset, networks, test } = workspace;
  const { factors } = dataset;
  if (factors === undefined) {
    throw new SennError(
      'unsupported_input',
      `${folder}: ${dataset.name} does not say which factors are behind its inputs`,
    );
  }
  const rows = inOrder(test.split.labels.length);
  const table = { ...factors, values: factors.of('test', rows) };
  // The groups of FactorVAE's score ask for every image many times over.
  const codesOf = lookUp(conceptActivations(networks, test));
  const seeds = randomStream(record.training.seed);
  const drawing = randomStream(seeds.seed());
  const streams = new Map<string, RandomStream>(metrics.map((name) => [name, randomStream(seeds.seed())]));
  const evidence = { factors: codedFactors({ factors: table, codesOf }, drawing) };
  return score(metrics, evidence, { randomOf: (name) => streams.get(name) as RandomStream });
}

/** @throws unsupported_input where the metric has no value */
function shownFigure(result: SetValue | NoValue, figure: string | undefined): number {
  if (isNoValue(result)) throw new SennError('unsupported_input', result.reason);
  return figure === undefined ? result.value : (result.figures?.[figure] as number);
}

/** How well concepts and generative factors correspond. */
export const disentanglement: Experiment = {
  needs: ['runs'],
  run: async ({ runs, out, png }) => {
    const results: { model: string; figures: Record<string, number> }[] = [];
    for (const folder of runs) {
      const run = await openRun(folder);
      const measured = await measure(run);
      const figures = shown.map(({ label, metric, figure }) => [label, shownFigure(measured[metric], figure)] as const);
      results.push({ model: run.record.name, figures: Object.fromEntries(figures) });
    }
    const scores = results.flatMap(({ model, figures }) =>
      Object.entries(figures).map(([metric, value]) => ({ model, metric, value })),
    );
    const json = join(out, 'disentanglement.json');
    await writeWhole(json, `${JSON.stringify(results, null, 2)}\n`);
    const figure = {
      name: 'disentanglement',
      title: 'Disentanglement',
      caption: 'Concepts of the test images against the factors that generated them; 1 is best.',
      svg: await draw({ scores }),
    };
    const columns = ['model', ...shown.map(({ label }) => label)].map((title, i) => ({ title, numeric: i > 0 }));
    const rows = results.map(({ model, figures }) => [
      model,
      ...Object.values(figures).map((value) => value.toFixed(3)),
    ]);
    const files = await writeReport(
      out,
      {
        title: 'Disentanglement',
        blocks: [
          { kind: 'table', columns, rows },
          { kind: 'figure', number: 1, figure },
          {
            kind: 'commands',
            lines: [`senn experiment disentanglement ${runs.map((run) => `--run ${run}`).join(' ')} --out ${out}`],
          },
        ],
      },
      { png },
    );
    const lines = results.map(
      ({ model, figures }) =>
        `${model}  ${Object.entries(figures)
          .map(([label, value]) => `${label} ${value.toFixed(3)}`)
          .join('  ')}`,
    );
    return { files: [json, ...files], lines, data: results };
  },
};

import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { measureDisentanglement } from '../../core/metrics/disentanglement/index.ts';
import { lookUp } from '../../core/metrics/evidence/groups.ts';
import { randomStream } from '../../core/random.ts';
import { disentanglement as draw } from '../figures/disentanglement.ts';
import { writeWhole } from '../files/folders.ts';
import { inOrder } from '../loop/batches.ts';
import { writeReport } from '../report/write-report.ts';
import { conceptActivations } from '../run/evaluate.ts';
import type { Experiment } from './experiment.ts';
import { type OpenedRun, openRun } from './open-run.ts';

/** Figures of the metrics, as a chart and a table name them. */
const shown = [
  { label: 'MIG', metric: 'mig', figure: 'mig' },
  { label: 'DCI disentanglement', metric: 'dci', figure: 'disentanglement' },
  { label: 'DCI completeness', metric: 'dci', figure: 'completeness' },
  { label: 'DCI informativeness', metric: 'dci', figure: 'informativeness' },
  { label: 'SAP', metric: 'sap', figure: 'sap' },
  { label: 'FactorVAE', metric: 'factorVae', figure: 'factorVae' },
] as const;
const metrics = [...new Set(shown.map(({ metric }) => metric))];

/** The metrics that are shown, on the test images of a run. @throws unsupported_input where no factors are known */
async function measure({ folder, workspace, record }: OpenedRun) {
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
  return measureDisentanglement({ factors: table, codesOf }, randomStream(record.training.seed), metrics);
}

/** How well concepts and generative factors correspond. */
export const disentanglement: Experiment = {
  needs: ['runs'],
  run: async ({ runs, out, png }) => {
    const results: { model: string; figures: Record<string, number> }[] = [];
    for (const folder of runs) {
      const run = await openRun(folder);
      const measured = await measure(run);
      const figures = shown.map(({ label, metric, figure }) => {
        const all = measured[metric]?.figures as Record<string, number>;
        return [label, all[figure] as number] as const;
      });
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

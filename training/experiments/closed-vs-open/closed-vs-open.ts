import { readConfig } from '../../config/config-file.ts';
import { auditScatter } from '../../figures/charts/audit-scatter.ts';
import type { ReportFigure } from '../../report/document.ts';
import type { Experiment } from '../experiment.ts';
import { seedsOf, sweepCommand } from '../sweep/plan.ts';
import { type FinishedRun, runSweep } from '../sweep/sweep.ts';
import { writeSweep } from '../sweep/write-sweep.ts';
import { parseGrid, readable, variantsOf } from './variants.ts';

/**
 * What it costs, and what it brings, that a decision must pass through the concepts: models whose θ reads the input beside
 * those whose θ reads the concepts, over whatever else is varied, with controls whose concepts know nothing.
 */

/** What accuracy is drawn against. */
const drawn = [
  {
    figure: 'leak.permuted',
    title: 'Accuracy against the leak',
    axis: 'accuracy with permuted concepts (%)',
    percent: true,
  },
  { figure: 'promise', title: 'Accuracy against the promise', axis: 'promise', percent: false },
  {
    figure: 'completeness',
    title: 'Accuracy against completeness',
    axis: 'completeness of the concepts',
    percent: false,
  },
] as const;

/** The figures of the audit beside those of the test set, so that tables and files hold both. */
const withAudit = (run: FinishedRun): FinishedRun => ({
  ...run,
  metrics: {
    ...run.metrics,
    ...Object.fromEntries(
      Object.entries(run.audit?.figures ?? {}).flatMap(([name, value]) =>
        value === null ? [] : [[`audit.${name}`, value]],
      ),
    ),
  },
});

async function figuresOf(runs: readonly FinishedRun[]): Promise<ReportFigure[]> {
  const figures = drawn.map(async ({ figure, title, axis, percent }): Promise<ReportFigure[]> => {
    const points = runs.flatMap(({ setting, metrics }) => {
      const [x, y] = [metrics[`audit.${figure}`], metrics['testAccuracy']];
      return x === undefined || y === undefined ? [] : [{ series: String(setting['model']), x, y }];
    });
    if (points.length === 0) return [];
    const name = `accuracy-vs-${figure.replace('.', '-')}`;
    const caption = 'Every run is a point: accuracy on the test set, the audit on the inputs held out of training.';
    return [{ name, title, caption, svg: await auditScatter({ points, axis, percent }) }];
  });
  return (await Promise.all(figures)).flat();
}

export const closedVsOpen: Experiment = {
  needs: ['configs'],
  run: async (options) => {
    const { configs, vary, seeds } = options;
    const grid = parseGrid(vary);
    const plans = await Promise.all(
      configs.map(async (path) => {
        const config = readable(await readConfig(path), path);
        return variantsOf(config, grid, path).flatMap(({ setting, config: variant }) =>
          seedsOf(config, options).map((seed) => ({
            setting: { ...(configs.length > 1 && { config: config.name }), ...setting, seed },
            config: { ...variant, seed },
          })),
        );
      }),
    );
    const runs = (await runSweep(plans.flat(), options)).map(withAudit);
    return writeSweep(options, {
      title: 'Closed and open: must the decision pass through the concepts?',
      lead: `${configs.join(', ')}, trained with a θ that reads the input and with one that reads the concepts; beside them the same θ with h = 1, and a plain network.`,
      runs,
      over: ['seed'],
      figures: await figuresOf(runs),
      command: sweepCommand('closed-vs-open', { configs, vary, seeds }),
    });
  },
};

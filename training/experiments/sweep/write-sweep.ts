import { join } from 'node:path';
import { percent } from '../../../core/text/format.ts';
import { writeWhole } from '../../files/folders.ts';
import { type Block, numberColumn, type ReportFigure, textColumn } from '../../report/document.ts';
import { writeReport } from '../../report/write-report.ts';
import type { ExperimentOptions, Findings } from '../experiment.ts';
import { resultsCsv, type Summary, summarize } from './results.ts';
import type { FinishedRun } from './sweep.ts';

/** What a sweep over many runs leaves: its results as JSON and CSV, and a report. */

export interface SweepReport {
  readonly title: string;
  /** What was done, in a sentence. */
  readonly lead: string;
  readonly runs: readonly FinishedRun[];
  /** Names of the settings that the means are taken over. */
  readonly over: readonly string[];
  readonly figures: readonly ReportFigure[];
  /** The command that makes it again, but for the backend. */
  readonly command: string;
}

const shares: ReadonlySet<string> = new Set(['testAccuracy']);
const shown = (metric: string, value: number): string =>
  shares.has(metric) ? percent(value) : String(Number(value.toPrecision(4)));

function summaryLine({ setting, metric, count, mean, deviation }: Summary): string {
  const where = Object.entries(setting).map(([name, value]) => `${name} ${value}  `);
  const spread = deviation === undefined ? '' : ` ± ${shown(metric, deviation)}`;
  return `${where.join('')}${metric} ${shown(metric, mean)}${spread} (n = ${count})`;
}

/** Writes `results.json`, `results.csv` and the report of a sweep. */
export async function writeSweep(
  options: Pick<ExperimentOptions, 'out' | 'png'>,
  sweep: SweepReport,
): Promise<Findings> {
  const { title, lead, runs, over, figures, command } = sweep;
  const summaries = summarize(runs, over);
  const backends = [...new Set(runs.map(({ backend }) => backend))];
  const data = { runs: runs.map(({ setting, backend, metrics }) => ({ setting, backend, metrics })), summaries };
  const [json, csv] = [join(options.out, 'results.json'), join(options.out, 'results.csv')];
  await writeWhole(json, `${JSON.stringify(data, null, 2)}\n`);
  await writeWhole(csv, resultsCsv(runs));
  const settings = Object.keys(summaries[0]?.setting ?? {});
  const blocks: Block[] = [
    { kind: 'paragraph', text: lead },
    { kind: 'heading', text: 'Result' },
    {
      kind: 'table',
      columns: [
        ...settings.map(textColumn),
        textColumn('metric'),
        numberColumn('mean'),
        numberColumn('sd'),
        numberColumn('runs'),
      ],
      rows: summaries.map(({ setting, metric, mean, deviation, count }) => [
        ...settings.map((name) => String(setting[name])),
        metric,
        shown(metric, mean),
        deviation === undefined ? '' : shown(metric, deviation),
        String(count),
      ]),
    },
    ...figures.map((figure, i): Block => ({ kind: 'figure', number: i + 1, figure })),
    { kind: 'heading', text: 'Every run' },
    {
      kind: 'table',
      columns: [...Object.keys(runs[0]?.setting ?? {}).map(textColumn), numberColumn('test accuracy')],
      rows: runs.map(({ setting, metrics }) => [
        ...Object.values(setting).map(String),
        percent(metrics['testAccuracy'] as number),
      ]),
    },
    { kind: 'heading', text: 'How to reproduce' },
    { kind: 'commands', lines: backends.map((backend) => `${command} --backend ${backend}`) },
    { kind: 'heading', text: 'Notes' },
    {
      kind: 'list',
      items: [
        'Accuracy is of all test inputs, looked at once, after the last step of each run.',
        'sd is the sample standard deviation over the runs of a row.',
        `Trained on ${backends.join(' and ')}. Another backend rounds differently, so its figures differ a little.`,
      ],
    },
  ];
  const written = await writeReport(options.out, { title, blocks }, { png: options.png });
  const lines = summaries.filter(({ metric }) => shares.has(metric)).map(summaryLine);
  return { files: [json, csv, ...written], lines, data };
}

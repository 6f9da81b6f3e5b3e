import { auditSentence } from '../../core/audit/sentence.ts';
import { SennError } from '../../core/errors.ts';
import { columnsOf, type EpochMetrics } from '../figures/charts/metrics-csv.ts';
import { titleOf } from '../kinds/index.ts';
import type { RunRecord } from '../run/record.ts';
import type { Block, Report, ReportFigure } from './document.ts';
import { auditTable, configTable, epochTable, facts, testTable } from './tables.ts';

/** Everything that the report of a run says. */
export interface RunReportData {
  readonly record: RunRecord;
  /** Every epoch, as `parseMetrics` reads `metrics.csv`. */
  readonly epochs: readonly EpochMetrics[];
  /** Inputs of each part of the data set, as `{ training: 54_000, 'held out': 6_000, test: 10_000 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What else the run depended on, as `{ node: 'v22.12.0', platform: 'linux x64' }`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly figures: readonly ReportFigure[];
  /** Commands that make the run and this report again. */
  readonly commands: readonly string[];
  /** What a reader must know and the figures do not say. */
  readonly notes: readonly string[];
}

/** `60000` → `60 000`, with spaces that do not break. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** What every reader of one run must know, whoever wrote the report. */
function standingNotes({ record, epochs }: RunReportData): string[] {
  const { seed, backend } = record.training;
  const columns = columnsOf(epochs);
  const heldOut = columns.some(({ split }) => split === 'held out');
  const decomposed = columns.some(({ quantity }) => quantity === 'totalCorrelation');
  return [
    `This is one run with one seed (${seed}): its figures have no error bars, and a difference to another run may be chance.`,
    heldOut
      ? 'The held-out inputs were taken from the training set. Training looked at the test set once, after its last step.'
      : 'No inputs were held out: nothing was selected by validation, and the curves show the training inputs only. Training looked at the test set once, after its last step.',
    ...(decomposed
      ? [
          'Mutual information, total correlation and dimension-wise KL are estimated within each batch (Chen et al. 2018), which shifts them, the last even below zero: they add up to the KL divergence, but compare only within one batch size and data set.',
        ]
      : []),
    `It ran on the backend ${backend}. Another backend rounds differently, so the last digits of its figures differ.`,
  ];
}

function lead({ record }: RunReportData): string {
  const { kind, name, version, concepts, classes, training } = record;
  return `${name} ${version}, ${titleOf(kind)} with ${concepts.length} concepts and ${classes.length} classes, trained on ${training.data.name}.`;
}

/** Whether the concepts carry the decision, in a sentence and in figures; nothing of a run that was not audited. */
export function auditBlocks({ audit }: Pick<RunRecord, 'audit'>): Block[] {
  if (audit === undefined) return [];
  const text = auditSentence(audit);
  return [
    { kind: 'heading', text: 'Do the concepts carry the decision?' },
    ...(text === undefined ? [] : [{ kind: 'paragraph', text } as const]),
    auditTable(audit),
  ];
}

/** The report of one training run. Pure: the same data give the same report. @throws shape_mismatch without any epoch */
export function runReport(data: RunReportData): Report {
  const { record, epochs, counts, environment, figures, commands, notes } = data;
  if (epochs.length === 0) {
    throw new SennError('shape_mismatch', `report: the run ${record.name} has 0 epochs; needs at least one`);
  }
  const { training, input } = record;
  const inputs =
    input.kind === 'image'
      ? `images, ${input.channels} × ${input.height} × ${input.width}`
      : `tables, ${input.features.length} features`;
  const shown = epochTable(epochs);
  const blocks: Block[] = [
    { kind: 'paragraph', text: lead(data) },
    { kind: 'heading', text: 'Result' },
    testTable(record),
    ...auditBlocks(record),
    { kind: 'heading', text: 'Data' },
    facts([
      ['data set', training.data.name],
      ['inputs', inputs],
      ['classes', record.classes.map((name) => `“${name}”`).join(', ')],
      ...Object.entries(counts).map(([part, count]) => [`${part} inputs`, grouped(count)] as const),
      ['SHA-256', training.data.sha256],
    ]),
    { kind: 'heading', text: 'Configuration' },
    configTable(record),
    { kind: 'heading', text: 'Training' },
    shown,
    ...(shown.rows.length < epochs.length
      ? [{ kind: 'paragraph', text: `${shown.rows.length} of ${epochs.length} epochs; metrics.csv has all.` } as const]
      : []),
    ...(figures.length > 0 ? [{ kind: 'heading', text: 'Figures' } as const] : []),
    ...figures.map((figure, i) => ({ kind: 'figure', number: i + 1, figure }) as const),
    { kind: 'heading', text: 'How to reproduce' },
    { kind: 'commands', lines: commands },
    facts([
      ['seed', String(training.seed)],
      ['backend', training.backend],
      ...Object.entries(training.versions),
      ...Object.entries(environment),
    ]),
    { kind: 'heading', text: 'Notes' },
    { kind: 'list', items: [...standingNotes(data), ...notes] },
  ];
  return { title: `Report of the run ${record.name}`, blocks };
}

import { auditRows, besideText, figureText } from '../../core/audit/table.ts';
import type { Audit } from '../../core/manifest.ts';
import { columnsOf, type EpochMetrics } from '../figures/charts/metrics-csv.ts';
import { measured, quantityOf } from '../figures/charts/quantities.ts';
import type { RunRecord } from '../run/record.ts';
import { type Block, numberColumn, textColumn } from './document.ts';

/** The tables of a report: of a configuration, of the test figures, of the epochs. */

type Table = Extract<Block, { kind: 'table' }>;
type Json = RunRecord['training']['config'][string];

/** Names and what they stand for, one a row. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): Table {
  return { kind: 'table', columns: [textColumn('what'), textColumn('value')], rows: entries };
}

/** Every leaf of a configuration by its path, in its own order: `conceptizer.filters` → `[16,32]`. */
function leaves(value: Json, path: string): [path: string, value: string][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner as Json, path === '' ? key : `${path}.${key}`));
}

export function configTable({ training }: RunRecord): Table {
  return { kind: 'table', columns: [textColumn('setting'), textColumn('value')], rows: leaves(training.config, '') };
}

/** The figures of an audit, each with those that it must be read beside. */
export function auditTable(audit: Audit): Table {
  const rows = auditRows(audit).map((row) => [row.name, figureText(row.value), besideText(row)]);
  const on = `on ${audit.data}, ${audit.count} inputs`;
  return { kind: 'table', columns: [textColumn(on), numberColumn('value'), textColumn('beside')], rows };
}

const TEST = /^test(?=[A-Z])/;

/** The figures on the test set, each with its unit. */
export function testTable({ metrics }: RunRecord): Table {
  const rows = Object.entries(metrics).map(([key, value]) => {
    const bare = key.replace(TEST, '');
    const name = bare === key ? key : `${bare[0]?.toLowerCase()}${bare.slice(1)}`;
    const { title, unit = '' } = quantityOf(name);
    return [title, measured(name, value), unit];
  });
  return { kind: 'table', columns: [textColumn('on the test set'), numberColumn('value'), textColumn('unit')], rows };
}

/** Rows that a table of epochs has at most; the file has them all. */
const MOST_EPOCHS = 15;

/** Evenly spread over all of them, the first and the last among them. */
function someOf<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const picked = Array.from({ length: most }, (_, i) => Math.round((i * (items.length - 1)) / (most - 1)));
  return picked.map((i) => items[i] as T);
}

/** What was measured epoch by epoch; "held out" stands after what was measured on the held-out inputs. */
export function epochTable(epochs: readonly EpochMetrics[]): Table {
  const columns = columnsOf(epochs);
  const headings = columns.map(({ quantity, split }) => {
    const { title, unit } = quantityOf(quantity);
    const held = split === 'held out' ? ', held out' : '';
    return numberColumn(`${title}${held}${unit === '%' ? ' (%)' : ''}`);
  });
  const rows = someOf(epochs, MOST_EPOCHS).map(({ epoch, values }) => [
    String(epoch),
    ...columns.map(({ name, quantity }) => (values[name] === undefined ? '' : measured(quantity, values[name]))),
  ]);
  return { kind: 'table', columns: [numberColumn('epoch'), ...headings], rows };
}

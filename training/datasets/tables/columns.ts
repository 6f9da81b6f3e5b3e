import { SennError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/text/did-you-mean.ts';
import { noScaling, type ScalingRule, standardScaling } from '../scaling.ts';
import type { CsvFile, CsvRecord } from './records.ts';

/** A column of a CSV file that features are made of. */
export type Column =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly unit?: string | undefined;
      /** Of an indicator, what it is a value of: of the columns of one category at most one is 1. */
      readonly category?: string | undefined;
      /** Of the feature's domain; the training rows' own when absent. */
      readonly range?: readonly [number, number] | undefined;
      /** z-scores when absent. */
      readonly scaling?: ScalingRule | undefined;
    }
  | {
      /** One indicator feature for each value, named `<name>_<value>`. */
      readonly kind: 'category';
      readonly name: string;
      readonly values: readonly string[];
    };

type ColumnName = Pick<Extract<Column, { kind: 'number' }>, 'kind' | 'name'> | Extract<Column, { kind: 'category' }>;

/** Names of the features that a column gives. */
export function featureNames(column: ColumnName): string[] {
  return column.kind === 'number' ? [column.name] : column.values.map((value) => `${column.name}_${value}`);
}

/** A feature as the networks take it. */
export interface Feature {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly category?: string | undefined;
  readonly range?: readonly [number, number] | undefined;
  readonly scaling: ScalingRule;
}

/** A cell that is not what its column takes. */
export function cellError(where: string, line: number, column: string, rule: string, cell: string): SennError {
  return new SennError(
    'invalid_features',
    `${where}: line ${line}, column "${column}": must be ${rule}, got "${cell}"`,
    {
      where,
      line,
      column,
      cell,
    },
  );
}

/** Position of a column. @throws missing_data with the columns that there are */
export function columnIndex({ where, columns }: CsvFile, name: string): number {
  const index = columns.indexOf(name);
  if (index === -1) {
    throw new SennError(
      'missing_data',
      `${where}: has no column "${name}"; choose ${columns.join(', ')}${didYouMean(name, columns)}`,
      {
        where,
        column: name,
        choices: columns,
      },
    );
  }
  return index;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal number that float32 can hold. @throws invalid_features with line and column */
export function parseNumber(cell: string, where: string, line: number, column: string): number {
  const value = decimal.test(cell) ? Math.fround(Number(cell)) : Number.NaN;
  if (!Number.isFinite(value)) throw cellError(where, line, column, 'a decimal number within float32', cell);
  return value;
}

/** The features of a column, and their values in a record. */
interface ColumnReader {
  readonly features: readonly Feature[];
  readonly read: (record: CsvRecord) => readonly number[];
}

function numberReader(file: CsvFile, column: Extract<Column, { kind: 'number' }>): ColumnReader {
  const { name, unit, category, range, scaling = standardScaling } = column;
  const at = columnIndex(file, name);
  return {
    features: [{ name, unit, category, range, scaling }],
    read: ({ line, cells }) => {
      const cell = cells[at] as string;
      const value = parseNumber(cell, file.where, line, name);
      if (scaling.transform === 'sqrt' && value < 0) {
        throw cellError(file.where, line, name, 'at least 0 for its square root', cell);
      }
      return [value];
    },
  };
}

function categoryReader(file: CsvFile, column: Extract<Column, { kind: 'category' }>): ColumnReader {
  const { name, values } = column;
  const at = columnIndex(file, name);
  return {
    features: featureNames(column).map((feature) => {
      return { name: feature, category: name, range: [0, 1], scaling: noScaling };
    }),
    read: ({ line, cells }) => {
      const cell = cells[at] as string;
      if (!values.includes(cell)) throw cellError(file.where, line, name, `one of ${values.join(', ')}`, cell);
      return values.map((value) => (value === cell ? 1 : 0));
    },
  };
}

/** @throws missing_data where the file has no such column */
export function columnReader(file: CsvFile, column: Column): ColumnReader {
  return column.kind === 'number' ? numberReader(file, column) : categoryReader(file, column);
}

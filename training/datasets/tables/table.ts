import { SennError } from '../../../core/errors.ts';
import { type Column, cellError, columnIndex, columnReader, type Feature } from './columns.ts';
import type { CsvFile } from './records.ts';

/** N labelled rows of F features. */
export interface Table {
  readonly features: readonly Feature[];
  readonly classes: readonly string[];
  /** `[N, F]`, row by row, in the features' own units. */
  readonly values: Float32Array;
  /** `[N]`, class indices. */
  readonly labels: Int32Array;
}

/** The column of a CSV file that tells a row's class. */
export interface LabelColumn {
  readonly name: string;
  readonly classes: readonly string[];
  /** Index of the class that a cell stands for; −1 where it stands for none. */
  readonly classOf: (cell: string) => number;
  /** What a cell may be, for errors: `must be …`. */
  readonly rule: string;
}

/** A label column whose cells stand for classes. @param cells cell → class, in the order of the classes */
export function labelColumn(name: string, cells: readonly (readonly [cell: string, label: string])[]): LabelColumn {
  const known = cells.map(([cell]) => cell);
  return {
    name,
    classes: cells.map(([, label]) => label),
    classOf: (cell) => known.indexOf(cell),
    rule: `one of ${known.join(', ')}`,
  };
}

interface TableFormat {
  readonly columns: readonly Column[];
  readonly label: LabelColumn;
  /** What a cell holds whose value is not known; a record with such a cell is left out. */
  readonly missing?: string | undefined;
}

/**
 * The records of a CSV file as numbers.
 * @throws missing_data where a column is not there or no record is complete; invalid_features with line and column
 */
export function tableOf(file: CsvFile, { columns, label, missing }: TableFormat): Table {
  const readers = columns.map((column) => columnReader(file, column));
  const used = [...columns.map(({ name }) => name), label.name].map((name) => columnIndex(file, name));
  const labelAt = columnIndex(file, label.name);
  const complete = file.records.filter(
    ({ cells }) => missing === undefined || !used.some((at) => cells[at] === missing),
  );
  if (complete.length === 0) {
    throw new SennError('missing_data', `${file.where}: every record has a cell "${missing}"`, { where: file.where });
  }
  const labels = complete.map(({ line, cells }) => {
    const cell = cells[labelAt] as string;
    const index = label.classOf(cell);
    if (index === -1) throw cellError(file.where, line, label.name, label.rule, cell);
    return index;
  });
  return {
    features: readers.flatMap(({ features }) => features),
    classes: label.classes,
    values: Float32Array.from(complete.flatMap((record) => readers.flatMap(({ read }) => read(record)))),
    labels: Int32Array.from(labels),
  };
}

/** Some rows of a table, in the order given. */
export function tableRows({ values, labels, features, classes }: Table, rows: readonly number[]): Table {
  const F = features.length;
  return {
    features,
    classes,
    values: Float32Array.from(rows.flatMap((row) => [...values.subarray(row * F, (row + 1) * F)])),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
  };
}

/**
 * Rows with the same features get the same number: the first such row's.
 * @returns `[N]`
 */
export function vectorGroups({ values, features, labels }: Table): Int32Array {
  const F = features.length;
  const first = new Map<string, number>();
  return Int32Array.from(labels, (_, row) => {
    const vector = values.subarray(row * F, (row + 1) * F).join();
    const group = first.get(vector) ?? row;
    first.set(vector, group);
    return group;
  });
}

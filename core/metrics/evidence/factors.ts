import { SennError } from '../../errors.ts';
import { batchSize, type Tensor } from '../../tensor.ts';

/** How the values of a factor relate: by order and distance (a position), or only by being different (a shape). */
export type FactorKind = 'ordinal' | 'categorical';

/** The generative factors of N rows. */
export interface FactorTable {
  /** `[F]` */
  readonly names: readonly string[];
  /** `[F]` */
  readonly kinds: readonly FactorKind[];
  /** `[F]`, number of values of each factor */
  readonly sizes: readonly number[];
  /** Name of the factor that is the class of a row, where one is. */
  readonly label?: string;
  /** `[N, F]`, row-major: index of the value, in `0 … sizes[f] − 1` */
  readonly values: Int32Array;
}

/** One factor over N rows. */
export interface FactorColumn {
  readonly name: string;
  readonly kind: FactorKind;
  readonly size: number;
  /** `[N]`, in `0 … size − 1` */
  readonly values: Int32Array;
}

/** Rows that have been encoded, as columns. N rows, K codes, F factors. */
export interface CodedSample {
  /** K columns `[N]`, finite, in the codes' own units */
  readonly codes: readonly Float32Array[];
  /** The F factors that vary over these rows. */
  readonly factors: readonly FactorColumn[];
  /** Which of them is the class, where one is. */
  readonly label?: string;
}

function checkTable({ names, kinds, sizes, values }: FactorTable): void {
  const F = sizes.length;
  if (names.length !== F || kinds.length !== F || F === 0 || values.length % F !== 0) {
    throw new SennError(
      'shape_mismatch',
      `factors: ${names.length} names, ${kinds.length} kinds and ${F} sizes must be as many, at least one, and divide the ${values.length} values`,
    );
  }
  const at = values.findIndex((value, i) => value < 0 || value >= (sizes[i % F] as number));
  if (at !== -1) {
    throw new SennError(
      'unsupported_input',
      `factors: ${names[at % F]} of row ${Math.floor(at / F)} must be in 0 … ${(sizes[at % F] as number) - 1}, got ${values[at]}`,
    );
  }
}

/**
 * The factors that take more than one value; the others have no entropy, and every metric leaves them out.
 * @throws shape_mismatch | unsupported_input where a value is out of range or no factor varies
 */
export function varyingFactors(table: FactorTable): readonly FactorColumn[] {
  checkTable(table);
  const { names, kinds, sizes, values } = table;
  const F = sizes.length;
  const N = values.length / F;
  const columns = names.map((name, f) => {
    const column = new Int32Array(N);
    for (let n = 0; n < N; n++) column[n] = values[n * F + f] as number;
    return { name, kind: kinds[f] as FactorKind, size: sizes[f] as number, values: column };
  });
  const varying = columns.filter((column) => column.values.some((value) => value !== column.values[0]));
  if (varying.length === 0) {
    throw new SennError(
      'unsupported_input',
      `factors: one must vary, but ${names.join(', ')} are constant over ${N} rows`,
    );
  }
  return varying;
}

/** Whether any factor takes more than one value. */
export function anyVaries({ sizes, values }: FactorTable): boolean {
  const F = sizes.length;
  return values.some((value, i) => value !== values[i % F]);
}

/** Factors of some rows, in the order asked for. @param rows `[M]`, indices into the table */
export function selectRows(table: FactorTable, rows: Int32Array): FactorTable {
  const F = table.sizes.length;
  const values = new Int32Array(rows.length * F);
  rows.forEach((row, i) => {
    values.set(table.values.subarray(row * F, (row + 1) * F), i * F);
  });
  return { ...table, values };
}

/**
 * Brings codes and the factors behind them together, once and checked; metrics trust what they get.
 * @param codes `[N, K]`
 * @param table of the same N rows
 * @throws shape_mismatch | unsupported_input | inference_failed where a code is not finite
 */
export function codedSample(codes: Tensor, table: FactorTable): CodedSample {
  const factors = varyingFactors(table);
  const N = table.values.length / table.sizes.length;
  const [, K = 0] = codes.shape;
  if (codes.shape.length !== 2 || batchSize(codes) !== N || K === 0) {
    throw new SennError(
      'shape_mismatch',
      `codes [${codes.shape.join(', ')}] must be [N, K] for the ${N} rows of factors`,
    );
  }
  const at = codes.data.findIndex((value) => !Number.isFinite(value));
  if (at !== -1) {
    throw new SennError('inference_failed', `codes: row ${Math.floor(at / K)} holds ${codes.data[at]}`, {
      index: Math.floor(at / K),
    });
  }
  const columns = Array.from({ length: K }, (_, k) => {
    const column = new Float32Array(N);
    for (let n = 0; n < N; n++) column[n] = codes.data[n * K + k] as number;
    return column;
  });
  return { codes: columns, factors, ...(table.label !== undefined && { label: table.label }) };
}

import { SennError } from '../../errors.ts';
import type { RandomStream } from '../../random.ts';
import { sliceRows, type Tensor } from '../../tensor.ts';
import {
  type CodedSample,
  codedSample,
  type FactorColumn,
  type FactorTable,
  selectRows,
  varyingFactors,
} from './factors.ts';

/** Rows whose factors are known, encoded only when a metric asks for them: a whole data set may stand behind it. */
export interface CodedRows {
  readonly factors: FactorTable;
  /** Codes of some rows, one after the other: `[rows, K]`. */
  readonly codesOf: (rows: Int32Array) => Float32Array | Promise<Float32Array>;
}

/** Rows drawn by the factors they share, and their codes. */
export interface CodedGroups {
  readonly factors: readonly FactorColumn[];
  /** Rows drawn at random, with replacement: `[count]`. */
  draw(count: number, random: RandomStream): Int32Array;
  /** For each row a random one, perhaps itself, with the same value of factor f. @param rows `[M]` @returns `[M]` */
  partners(f: number, rows: Int32Array, random: RandomStream): Int32Array;
  /** @returns `[rows, K]` @throws shape_mismatch | inference_failed */
  encode(rows: Int32Array): Promise<Tensor>;
}

/** Rows that are encoded in one go. */
const CHUNK = 4096;

async function encode(codesOf: CodedRows['codesOf'], rows: Int32Array): Promise<Tensor> {
  let K = 0;
  let data = new Float32Array(0);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.subarray(start, start + CHUNK);
    const codes = await codesOf(chunk);
    if (start === 0) {
      K = codes.length / chunk.length;
      data = new Float32Array(rows.length * K);
    }
    if (codes.length !== chunk.length * K || K < 1 || !Number.isInteger(K)) {
      throw new SennError(
        'shape_mismatch',
        `codesOf: must give as many codes for each row, got ${codes.length} values for ${chunk.length} rows${start === 0 ? '' : ` after ${K} a row`}`,
      );
    }
    const at = codes.findIndex((value) => !Number.isFinite(value));
    if (at !== -1) {
      const row = chunk[Math.floor(at / K)];
      throw new SennError('inference_failed', `codesOf: the codes of row ${row} hold ${codes[at]}`, { index: row });
    }
    data.set(codes, start * K);
  }
  return { shape: [rows.length, K], data };
}

/** Rows in the order of a factor's values: those of value v are `order[starts[v] … starts[v + 1])`. */
function rowsByValue({ size, values }: FactorColumn): { readonly order: Int32Array; readonly starts: Int32Array } {
  const starts = new Int32Array(size + 1);
  for (const value of values) starts[value + 1] = (starts[value + 1] as number) + 1;
  for (let v = 0; v < size; v++) starts[v + 1] = (starts[v + 1] as number) + (starts[v] as number);
  const next = starts.slice();
  const order = new Int32Array(values.length);
  values.forEach((value, row) => {
    const at = next[value] as number;
    order[at] = row;
    next[value] = at + 1;
  });
  return { order, starts };
}

/** @throws shape_mismatch | unsupported_input */
export function codedGroups({ factors: table, codesOf }: CodedRows): CodedGroups {
  const factors = varyingFactors(table);
  const index = factors.map(rowsByValue);
  const N = table.values.length / table.sizes.length;
  return {
    factors,
    draw: (count, random) => new Int32Array(count).map(() => random.integer(N)),
    partners: (f, rows, random) => {
      const { order, starts } = index[f] as (typeof index)[number];
      const { values } = factors[f] as FactorColumn;
      return rows.map((row) => {
        const value = values[row] as number;
        const start = starts[value] as number;
        return order[start + random.integer((starts[value + 1] as number) - start)] as number;
      });
    },
    encode: (rows) => encode(codesOf, rows),
  };
}

/** Different rows drawn at random, all where there are no more, with their codes and factors. */
export async function drawSample(rows: CodedRows, count: number, random: RandomStream): Promise<CodedSample> {
  const N = rows.factors.values.length / rows.factors.sizes.length;
  const chosen = random.permutation(N).subarray(0, count);
  return codedSample(await encode(rows.codesOf, chosen), selectRows(rows.factors, chosen));
}

/** Groups that are encoded together. */
const GROUPS = 64;

/**
 * Draws groups, each around a varying factor that is chosen at random, and visits them with their codes.
 * @param rowsOf the rows of a group around factor f: `[M]`, M the same for all
 * @param visit takes the factor and the group's codes, `[M, K]`
 */
export async function forEachGroup(
  { factors, encode }: CodedGroups,
  count: number,
  random: RandomStream,
  rowsOf: (f: number) => Int32Array,
  visit: (f: number, codes: Tensor) => void,
): Promise<void> {
  for (let start = 0; start < count; start += GROUPS) {
    const groups = Array.from({ length: Math.min(GROUPS, count - start) }, () => {
      const f = random.integer(factors.length);
      return { f, rows: rowsOf(f) };
    });
    const M = groups[0]?.rows.length ?? 0;
    const rows = new Int32Array(groups.length * M);
    groups.forEach((group, i) => {
      rows.set(group.rows, i * M);
    });
    const codes = await encode(rows);
    groups.forEach(({ f }, i) => {
      visit(f, sliceRows(codes, i * M, (i + 1) * M));
    });
  }
}

/** Codes that are there already, as `codesOf`. @param codes `[N, K]` */
export function lookUp({ shape: [, K = 0], data }: Tensor): CodedRows['codesOf'] {
  return (rows) => {
    const values = new Float32Array(rows.length * K);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      values.set(data.subarray(row * K, (row + 1) * K), i * K);
    }
    return values;
  };
}

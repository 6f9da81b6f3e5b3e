import { quantile } from '../../metrics/summary.ts';
import type { RandomStream } from '../../random.ts';

/** How sure a figure is: its distribution over resamples of the inputs. */

export const RESAMPLES = 1000;

/** `[low, high]`, between which lie 95 % of the resamples. */
export type Interval = readonly [low: number, high: number];

/** The figures of a column that intervals are told of. */
export interface ColumnIntervals {
  readonly mean: Interval;
  readonly median: Interval;
  readonly q05: Interval;
  readonly q25: Interval;
  readonly q75: Interval;
  readonly q95: Interval;
}

const quantiles = { median: 0.5, q05: 0.05, q25: 0.25, q75: 0.75, q95: 0.95 } as const;
type QuantileName = keyof typeof quantiles;
const quantileNames = Object.keys(quantiles) as QuantileName[];

/** A value an input, or nothing; and what it is over, where it is a ratio. */
export interface ResampledColumn {
  /** `[N]`; `null` for an input without a value */
  readonly of: readonly (number | null)[];
  /** `[N]`; 1 where it is left out */
  readonly over?: readonly number[];
  /** Whether its quantiles are wanted as well as its mean. */
  readonly distribution: boolean;
}

/** One column while it is resampled: what it takes, and what it has given so far. */
interface Sampled {
  readonly column: ResampledColumn;
  /** Inputs with a value, ascending by it. */
  readonly order: Int32Array;
  /** Their values, and what each is over, in that order: read a million times, so no lists that hold `null` too. */
  readonly values: Float64Array;
  readonly weights: Float64Array | undefined;
  /** How often each stands in the resample. */
  readonly counts: Uint16Array;
  readonly means: Float64Array;
  readonly quantiles: Readonly<Record<QuantileName, Float64Array>>;
}

function sampled(column: ResampledColumn, resamples: number): Sampled {
  const { of, over } = column;
  const present = Int32Array.from(of.flatMap((value, n) => (value === null ? [] : [n])));
  const order = column.distribution ? present.sort((a, b) => (of[a] as number) - (of[b] as number)) : present;
  const empty = () => new Float64Array(column.distribution ? resamples : 0);
  return {
    column,
    order,
    values: Float64Array.from(order, (n) => of[n] as number),
    weights: over && Float64Array.from(order, (n) => over[n] as number),
    counts: new Uint16Array(order.length),
    means: new Float64Array(resamples),
    quantiles: { median: empty(), q05: empty(), q25: empty(), q75: empty(), q95: empty() },
  };
}

/** Takes a resample in which input n stands `drawn[n]` times. @returns how many of it have a value */
function take({ order, counts }: Sampled, drawn: Uint16Array): number {
  let total = 0;
  for (let i = 0; i < order.length; i++) {
    const count = drawn[order[i] as number] as number;
    counts[i] = count;
    total += count;
  }
  return total;
}

/** Σ count·value over the resample that was taken. */
function sumOf(values: Float64Array, counts: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (counts[i] as number) * (values[i] as number);
  return sum;
}

/** The same quantiles as `quantile` gives of the column with every input repeated, without repeating any. */
function takeQuantiles({ values, counts, quantiles: into }: Sampled, total: number, b: number): void {
  const at = (rank: number, from: { i: number; below: number }): number => {
    let { i, below } = from;
    while (i < values.length) {
      const next = below + (counts[i] as number);
      if (rank < next) break;
      below = next;
      i += 1;
    }
    [from.i, from.below] = [i, below];
    return values[i] ?? Number.NaN;
  };
  const from = { i: 0, below: 0 };
  for (const name of ['q05', 'q25', 'median', 'q75', 'q95'] as const) {
    const position = quantiles[name] * (total - 1);
    const below = Math.floor(position);
    const low = at(below, from);
    const high = position === below ? low : at(below + 1, { ...from });
    into[name][b] = low + (high - low) * (position - below);
  }
}

function intervalOf(values: Float64Array): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/**
 * Percentile bootstrap (Efron 1979, "Bootstrap Methods: Another Look at the Jackknife"; Efron & Tibshirani 1993, section
 * 13.3): the inputs are drawn anew with replacement, as many as there are, and the figures taken of each such sample. A
 * resample is the same for all columns, so that figures of two models can be subtracted sample by sample. The model, and
 * what a metric learned or drew, stay as they are: the intervals tell what other inputs would change, nothing else.
 *
 * Memory: two bytes an input and 8 kB a figure; no resample is ever written out.
 * @param columns each `[N]`
 * @returns for each column its intervals; `undefined` where fewer than two inputs have a value
 */
export function bootstrap(
  N: number,
  columns: readonly ResampledColumn[],
  random: RandomStream,
  resamples: number = RESAMPLES,
): (ColumnIntervals | { readonly mean: Interval } | undefined)[] {
  const all = columns.map((column) => sampled(column, resamples));
  const drawn = new Uint16Array(N);
  for (let b = 0; b < resamples; b++) {
    drawn.fill(0);
    for (let i = 0; i < N; i++) {
      const n = random.integer(N);
      drawn[n] = (drawn[n] as number) + 1;
    }
    for (const one of all) {
      const total = take(one, drawn);
      const { values, weights, counts } = one;
      one.means[b] = sumOf(values, counts) / (weights === undefined ? total : sumOf(weights, counts));
      if (one.column.distribution) takeQuantiles(one, total, b);
    }
  }
  return all.map(({ column, order, means, quantiles: taken }) => {
    if (order.length < 2) return undefined;
    const mean = intervalOf(means);
    if (!column.distribution) return { mean };
    return {
      mean,
      ...(Object.fromEntries(quantileNames.map((name) => [name, intervalOf(taken[name])])) as Omit<
        ColumnIntervals,
        'mean'
      >),
    };
  });
}

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
  readonly means: Float64Array;
  readonly quantiles: Readonly<Record<QuantileName, Float64Array>>;
}

function sampled(column: ResampledColumn, resamples: number): Sampled {
  const { of } = column;
  const present = Int32Array.from(of.flatMap((value, n) => (value === null ? [] : [n])));
  const order = column.distribution ? present.sort((a, b) => (of[a] as number) - (of[b] as number)) : present;
  const empty = () => new Float64Array(column.distribution ? resamples : 0);
  return {
    column,
    order,
    means: new Float64Array(resamples),
    quantiles: { median: empty(), q05: empty(), q25: empty(), q75: empty(), q95: empty() },
  };
}

/** The mean of a column in which input n stands `counts[n]` times; NaN where none with a value does. */
function meanOf({ column: { of, over }, order }: Sampled, counts: Uint16Array): number {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    const n = order[i] as number;
    const count = counts[n] as number;
    sum += count * (of[n] as number);
    weight += count * (over === undefined ? 1 : (over[n] as number));
  }
  return sum / weight;
}

/** The same quantiles as `quantile` gives of the column with every input repeated, without repeating any. */
function takeQuantiles({ column: { of }, order, quantiles: into }: Sampled, counts: Uint16Array, b: number): void {
  let total = 0;
  for (let i = 0; i < order.length; i++) total += counts[order[i] as number] as number;
  const at = (rank: number, from: { i: number; below: number }): number => {
    while (from.i < order.length) {
      const next = from.below + (counts[order[from.i] as number] as number);
      if (rank < next) return of[order[from.i] as number] as number;
      from.below = next;
      from.i += 1;
    }
    return Number.NaN;
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
  const counts = new Uint16Array(N);
  for (let b = 0; b < resamples; b++) {
    counts.fill(0);
    for (let i = 0; i < N; i++) {
      const n = random.integer(N);
      counts[n] = (counts[n] as number) + 1;
    }
    for (const one of all) {
      one.means[b] = meanOf(one, counts);
      if (one.column.distribution) takeQuantiles(one, counts, b);
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

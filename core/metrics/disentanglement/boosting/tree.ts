import type { RandomStream } from '../../../random.ts';
import { type BinnedTable, MOST_BINS } from './bins.ts';

/** A row goes left where its bin of `column` is at most `bin`. */
export type Tree =
  | { readonly kind: 'leaf'; readonly value: number }
  | {
      readonly kind: 'split';
      readonly column: number;
      readonly bin: number;
      readonly left: Tree;
      readonly right: Tree;
    };

export interface Growth {
  /** `[N]`, what the tree is fitted to by least squares */
  readonly targets: Float64Array;
  /** Splits on the way to a leaf, at most; at least 1. */
  readonly depth: number;
  /** Value of the leaf that holds these rows. */
  readonly leafValue: (rows: Int32Array) => number;
  /** Breaks ties between columns. */
  readonly random: RandomStream;
}

export interface GrownTree {
  readonly tree: Tree;
  /** `[K]`, the decrease of the sum of squares by the splits at each column */
  readonly gains: Float64Array;
  /** `[N]`, value of the leaf that each row is in */
  readonly fitted: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

/** Gains within this share of each other are equal up to rounding: a code and its copy must not be told apart by it. */
const TIE = 1e-9;

/** Gains below this share of the sum of squares of the whole tree are rounding. */
const NO_GAIN = 1e-10;

/** Value of a row under a tree. @param at where the row's bins begin */
export function leafOf(tree: Tree, bins: Uint8Array, at: number): number {
  let node = tree;
  while (node.kind === 'split') node = (bins[at + node.column] as number) <= node.bin ? node.left : node.right;
  return node.value;
}

/**
 * Grows regression trees over a table, depth first: each node takes the split that lowers the sum of squares most,
 * `S_l²/n_l + S_r²/n_r − S²/n` with S the sums of the targets, found from histograms over the bins. Of two siblings
 * the smaller one is counted; the larger one's histogram is the parent's less that (Ke et al. 2017, "LightGBM").
 */
export function treeGrower({ rows: N, cuts, bins }: BinnedTable): (growth: Growth) => GrownTree {
  const K = cuts.length;
  const allRows = Int32Array.from({ length: N }, (_, n) => n);
  /** One a level. For each column and bin: sum of the targets, number of rows. */
  const histograms: Float64Array[] = [];

  function histogramOf(rows: Int32Array, targets: Float64Array, level: number): Float64Array {
    histograms[level] ??= new Float64Array(K * MOST_BINS * 2);
    const histogram = histograms[level].fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const target = targets[row] as number;
      for (let k = 0, at = row * K; k < K; k++, at++) {
        const entry = (k * MOST_BINS + (bins[at] as number)) * 2;
        histogram[entry] = (histogram[entry] as number) + target;
        histogram[entry + 1] = (histogram[entry + 1] as number) + 1;
      }
    }
    return histogram;
  }

  /** The best split of a node of `count` rows; columns are tried in the order given, and the first of equals wins. */
  function bestSplit(histogram: Float64Array, columns: Int32Array, count: number): Split {
    let best: Split = { gain: 0, column: 0, bin: 0 };
    let sum = 0;
    for (let bin = 0; bin < MOST_BINS; bin++) sum += histogram[bin * 2] as number;
    const whole = sum ** 2 / count;
    for (const column of columns) {
      const last = cuts[column]?.length ?? 0;
      let leftSum = 0;
      let leftCount = 0;
      for (let bin = 0; bin < last; bin++) {
        const entry = (column * MOST_BINS + bin) * 2;
        const here = histogram[entry + 1] as number;
        if (here === 0) continue;
        leftSum += histogram[entry] as number;
        leftCount += here;
        if (leftCount === count) break;
        const gain = leftSum ** 2 / leftCount + (sum - leftSum) ** 2 / (count - leftCount) - whole;
        if (gain > best.gain * (1 + TIE)) best = { gain, column, bin };
      }
    }
    return best;
  }

  /** Brings the rows that go left to the front. @returns how many they are */
  function partition(rows: Int32Array, { column, bin }: Split): number {
    let left = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if ((bins[row * K + column] as number) > bin) continue;
      rows[i] = rows[left] as number;
      rows[left++] = row;
    }
    return left;
  }

  return ({ targets, depth, leafValue, random }) => {
    const gains = new Float64Array(K);
    const fitted = new Float64Array(N);
    let squares = 0;
    for (let n = 0; n < N; n++) squares += (targets[n] as number) ** 2;

    function leaf(rows: Int32Array): Tree {
      const value = leafValue(rows);
      for (let i = 0; i < rows.length; i++) fitted[rows[i] as number] = value;
      return { kind: 'leaf', value };
    }

    /** @param histogram of the rows; overwritten */
    function grow(rows: Int32Array, level: number, histogram: Float64Array): Tree {
      const split = bestSplit(histogram, random.permutation(K), rows.length);
      if (split.gain <= NO_GAIN * squares) return leaf(rows);
      const { column, bin, gain } = split;
      gains[column] = (gains[column] as number) + gain;
      const parting = partition(rows, split);
      const [left, right] = [rows.subarray(0, parting), rows.subarray(parting)];
      if (level + 1 === depth) return { kind: 'split', column, bin, left: leaf(left), right: leaf(right) };

      const leftIsSmaller = left.length < right.length;
      const ofSmaller = histogramOf(leftIsSmaller ? left : right, targets, level + 1);
      for (let i = 0; i < histogram.length; i++) histogram[i] = (histogram[i] as number) - (ofSmaller[i] as number);
      return {
        kind: 'split',
        column,
        bin,
        left: grow(left, level + 1, leftIsSmaller ? ofSmaller : histogram),
        right: grow(right, level + 1, leftIsSmaller ? histogram : ofSmaller),
      };
    }

    return { tree: grow(allRows.slice(), 0, histogramOf(allRows, targets, 0)), gains, fitted };
  };
}

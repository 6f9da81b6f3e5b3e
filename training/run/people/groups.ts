import { SMALLEST_GROUP } from '../../../core/concepts/schema.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { rowOf, type Tensor } from '../../../core/tensor.ts';
import type { Split } from '../../datasets/dataset.ts';

/**
 * Tables whose rows are people. What a model folder shows of such a set are means over groups of five rows or more, never
 * the row of one person nor its index: microaggregation, as Domingo-Ferrer & Mateo-Sanz (2002) give k-anonymity to
 * numbers. A mean is of rows that are near each other, so where five people have the same features it is those.
 */

/** Indices of rows. */
export type Group = readonly number[];

/** Two rows around which groups lie are not the same where they are farther apart than this, in widths of the ranges. */
const SAME = 0.01;

/** How far rows are apart: the root of the mean square over the features, each in widths of its range. */
function distances({ gather }: Pick<Split, 'gather'>, { features }: TabularInput, order: readonly number[]) {
  const widths = features.map(({ range: [low, high] }) => high - low || 1);
  const rows: Tensor = { shape: [order.length, widths.length], data: gather(Int32Array.from(order)) };
  return (i: number, j: number): number => {
    const [a, b] = [rowOf(rows, i), rowOf(rows, j)];
    const squares = widths.map((width, f) => (((a[f] as number) - (b[f] as number)) / width) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / widths.length);
  };
}

/** The rows of a split as text, to tell whether a mean looks like one of them. */
function textsOf({ labels, gather }: Split): Set<string> {
  return new Set(Array.from(labels.keys(), (n) => gather(Int32Array.of(n)).join()));
}

/** @param spread the largest distance of its rows from the one that it lies around */
export interface SpreadGroup {
  readonly group: Group;
  readonly spread: number;
}

/**
 * Groups of a split along an order: each is the first row that is in no group yet and unlike those around which the others
 * lie, with the rows nearest to it that are left. A group of unequal rows whose mean happens to be a row of the split is
 * none: who looks for it there would find a person.
 * @returns of the rows that may be in a group, in their order, so many groups at most
 */
export function groupsIn(split: Split, input: TabularInput): (order: readonly number[], most: number) => SpreadGroup[] {
  const texts = textsOf(split);
  return (order, most) => {
    const between = distances(split, input, order);
    const left = new Set(order.keys());
    const centres: number[] = [];
    const groups: SpreadGroup[] = [];
    for (const centre of order.keys()) {
      if (groups.length === most || left.size < SMALLEST_GROUP) break;
      if (!left.has(centre) || centres.some((other) => between(centre, other) <= SAME)) continue;
      const nearest = Array.from(left, (i) => ({ i, distance: between(centre, i) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, SMALLEST_GROUP);
      const group = nearest.map(({ i }) => order[i] as number);
      const spread = nearest.at(-1)?.distance as number;
      centres.push(centre);
      if (spread > 0 && texts.has(meanOf(split, group).join())) continue;
      for (const { i } of nearest) left.delete(i);
      groups.push({ group, spread });
    }
    return groups;
  };
}

/** The mean of a group's rows, in the features' own units. */
export function meanOf({ gather }: Pick<Split, 'gather'>, group: Group): Float32Array {
  const rows = gather(Int32Array.from(group));
  const F = rows.length / group.length;
  return Float32Array.from({ length: F }, (_, f) => {
    return group.reduce((sum, _row, i) => sum + (rows[i * F + f] as number), 0) / group.length;
  });
}

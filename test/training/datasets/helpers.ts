import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dataPlaces, type Places } from '../../../training/datasets/files/places.ts';
import { findSource, type Source } from '../../../training/datasets/files/source.ts';
import type { Split } from '../../../training/datasets/index.ts';

/** A folder that goes when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'senn-data-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Whether a file is at hand without a download. */
export async function isAtHand(source: Source): Promise<boolean> {
  return (await findSource(source, dataPlaces())) !== undefined;
}

/** Size of a file that is at hand, in bytes. */
export async function sizeAtHand(source: Source): Promise<number> {
  return (await stat((await findSource(source, dataPlaces())) as string)).size;
}

/** Places that hold nothing. */
export const nowhere: Places = { folders: ['/nowhere/data'], cache: '/nowhere/cache' };

export const allRows = ({ labels }: Split): Int32Array => Int32Array.from(labels, (_, row) => row);

/** The inputs of a split, one text a row. */
export function vectorsOf(split: Split): string[] {
  const width = split.shape.slice(1).reduce((product, size) => product * size, 1);
  const values = split.gather(allRows(split));
  return Array.from(split.labels, (_, row) => values.subarray(row * width, (row + 1) * width).join());
}

/** How many rows of each class. */
export function classCounts({ labels }: Split, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { loadMnist } from './mnist.ts';

/** Inputs and labels, row by row. */
export interface Split {
  /** `[N, …]`, in the model contract's layout: images NCHW in [0, 1]. */
  readonly inputs: Tensor;
  /** `[N]`, class indices. */
  readonly labels: Int32Array;
}

export interface Dataset {
  readonly name: string;
  /** What the networks take; tables come with their own networks. */
  readonly input: Extract<Manifest['input'], { kind: 'image' }>;
  readonly classes: readonly string[];
  readonly train: Split;
  readonly test: Split;
  /** SHA-256 over the source files, in the order train inputs, train labels, test inputs, test labels. */
  readonly sha256: string;
}

/** Every data set, by the name that configurations and `--data` use. */
export const datasets = { mnist: loadMnist } satisfies Record<string, () => Promise<Dataset>>;
export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as DatasetName[];

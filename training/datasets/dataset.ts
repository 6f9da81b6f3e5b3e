import type { Manifest } from '../../core/manifest.ts';
import { rowOf, sizeOf, type Tensor } from '../../core/tensor.ts';

/** Inputs and labels, row by row; how the inputs are stored is the split's own affair. */
export interface Split {
  /** `[N, …]`, of the inputs in the model contract's layout: images NCHW in [0, 1], tables in their own units. */
  readonly shape: readonly number[];
  /** `[N]`, class indices. */
  readonly labels: Int32Array;
  /** The inputs of some rows, one after the other: `[rows, …]`. */
  readonly gather: (rows: Int32Array) => Float32Array;
}

/** How a column of a table enters the networks: `(transform(x) − shift)·scale`; the graphs hold it, no client does. */
export interface FeatureScaling {
  readonly transform: 'linear' | 'sqrt';
  readonly shift: number;
  readonly scale: number;
}

/** What is known of how a set was generated (dSprites): the latent factors behind each image. */
export interface Factors {
  readonly names: readonly string[];
  /** Whether the values of a factor have an order (a position) or are only different (a shape). */
  readonly kinds: readonly ('ordinal' | 'categorical')[];
  /** Number of values of each factor. */
  readonly sizes: readonly number[];
  /** The factor that is the class. */
  readonly label?: string;
  /** Factor values of some rows of a split, as indices, one row after the other: `[rows, factors]`. */
  readonly of: (split: 'train' | 'test', rows: Int32Array) => Int32Array;
}

export interface Dataset {
  readonly name: string;
  /** What the networks take. */
  readonly input: Manifest['input'];
  readonly classes: readonly string[];
  readonly train: Split;
  readonly test: Split;
  /** `[features]`, of a table; statistics of the training rows only. */
  readonly scaling?: readonly FeatureScaling[];
  readonly factors?: Factors;
  /** Whether its rows are people, of whom no row alone may leave the run (training/run/people). A table's. */
  readonly people?: boolean;
  /** SHA-256 over the source files, or over the parameters of a generated set. */
  readonly sha256: string;
}

/** A split that holds its inputs as they are. @param inputs `[N, …]` */
export function splitOf(inputs: Tensor, labels: Int32Array): Split {
  const width = sizeOf(inputs.shape.slice(1));
  return {
    shape: inputs.shape,
    labels,
    gather: (rows) => {
      const values = new Float32Array(rows.length * width);
      rows.forEach((row, i) => {
        values.set(rowOf(inputs, row), i * width);
      });
      return values;
    },
  };
}

/** Some rows of a split, as a split of their own that shares its storage. */
export function subsetOf(split: Split, rows: Int32Array): Split {
  return {
    shape: [rows.length, ...split.shape.slice(1)],
    labels: Int32Array.from(rows, (row) => split.labels[row] as number),
    gather: (chosen) => split.gather(chosen.map((i) => rows[i] as number)),
  };
}

import type * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededValues } from '../seeded-values.ts';

/** A model whose ONNX graph must do what tfjs does. */
export interface Case {
  readonly name: string;
  readonly model: () => tfl.LayersModel;
  /** Values of an input. Default: spread over [−2, 2). */
  readonly draw?: (seed: number, length: number) => Float32Array;
  /** Sizes for the open axes of each input, for several runs. */
  readonly open?: readonly (readonly number[])[];
  /** What the outputs must be, where tfjs itself is wrong or fails. */
  readonly reference?: (inputs: readonly tf.Tensor[], model: tfl.LayersModel) => tf.Tensor[];
  /** The operators of the graph, in order, where they matter. */
  readonly operators?: readonly string[];
}

export type Layer = tfl.layers.Layer;
export type Symbolic = tfl.SymbolicTensor;

export const dataFormats = ['channelsLast', 'channelsFirst'] as const;
export const paddings = ['valid', 'same'] as const;

/** Layers one after the other. */
export function chain(shape: readonly number[], ...layers: readonly Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape: [...shape] });
  return tfl.model({ inputs: input, outputs: layers.reduce((x, layer) => layer.apply(x) as Symbolic, input) });
}

/** A layer of several inputs. */
export function merge(layer: Layer, ...shapes: readonly (readonly number[])[]): tfl.LayersModel {
  const inputs = shapes.map((shape) => tfl.input({ shape: [...shape] }));
  return tfl.model({ inputs, outputs: layer.apply(inputs) as Symbolic });
}

/** A layer that changes nothing: tfjs 4.22 writes over the shape of what enters CenterCrop and CategoryEncoding. */
export const same = (shape: readonly number[]): Layer => tfl.layers.reshape({ targetShape: [...shape] });

/** Whole numbers from 0 to below `count`. */
export const tokens =
  (count: number) =>
  (seed: number, length: number): Float32Array =>
    seededValues(seed, length).map((value) => Math.floor(((value + 1) / 2) * count));

/** A case for each combination, named by it. */
export function casesOf<T>(name: string, variants: readonly T[], model: (variant: T) => tfl.LayersModel): Case[] {
  return variants.map((variant) => ({ name: `${name} ${JSON.stringify(variant)}`, model: () => model(variant) }));
}

/** Every pair of the two. */
export function pairs<A, B>(as: readonly A[], bs: readonly B[]): (A & B)[] {
  return as.flatMap((a) => bs.map((b) => ({ ...a, ...b })));
}

import { z } from 'zod';
import { ints } from '../../graph/attributes.ts';
import { toLayout } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import type { Form, Value } from '../../graph/value.ts';
import type { Window } from './padding.ts';

/** What layers over sequences (rank 1), images (2) and volumes (3) share. */
export const dataFormat = z.enum(['channelsLast', 'channelsFirst']);
export type DataFormat = z.infer<typeof dataFormat>;

export const padding = z.enum(['valid', 'same']);

/** A positive whole number for each spatial axis. */
export const perAxis = (rank: number) => z.array(z.int().positive()).length(rank);
export const pair = z.tuple([z.int().positive(), z.int().positive()]);

export interface Spatial {
  /** Stands in the graph as `[batch, channels, …sizes]`. */
  readonly value: Value;
  readonly channels: number;
  readonly sizes: readonly Size[];
}

/** A layer's input as ONNX's image operators want it. In `channelsFirst`, tfjs has it that way already. */
export function spatialOf(scope: Scope, input: Value, format: DataFormat): Spatial {
  const { shape } = input;
  return format === 'channelsLast'
    ? {
        value: toLayout(scope, input, 'channelsFirst'),
        channels: fixedSize(shape.at(-1) as Size),
        sizes: shape.slice(0, -1),
      }
    : { value: toLayout(scope, input, 'tfjs'), channels: fixedSize(shape[0] as Size), sizes: shape.slice(1) };
}

/** The tfjs shape and layout of an image operator's output. */
export function spatialForm(format: DataFormat, { channels, sizes }: Omit<Spatial, 'value'>): Form {
  return format === 'channelsLast'
    ? { shape: [...sizes, channels], layout: 'channelsFirst' }
    : { shape: [channels, ...sizes], layout: 'tfjs' };
}

/** The axes of tfjs (batch = 0) that height and width of an image have. */
export const imageAxes = { channelsLast: [1, 2], channelsFirst: [2, 3] } as const satisfies Record<
  DataFormat,
  readonly [number, number]
>;

/** ONNX's `pads`: all beginnings, then all ends. */
export function pads(windows: readonly Window[]) {
  return ints([...windows.map(({ before }) => before), ...windows.map(({ after }) => after)]);
}

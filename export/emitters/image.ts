import { z } from 'zod';
import { ints, type Scope, type Value } from '../graph.ts';
import { toLayout } from '../layout.ts';
import type { Window } from '../padding.ts';

/** What the two-dimensional image layers share. */
export const dataFormat = z.enum(['channelsLast', 'channelsFirst']);
export type DataFormat = z.infer<typeof dataFormat>;

export const pair = z.tuple([z.int().positive(), z.int().positive()]);
export const padding = z.enum(['valid', 'same']);

export interface Image {
  /** Stands in the graph as `[batch, channels, height, width]`. */
  readonly value: Value;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A layer's input as ONNX's image operators want it. In `channelsFirst`, tfjs has it that way already. */
export function imageOf(scope: Scope, input: Value, format: DataFormat): Image {
  const value = toLayout(scope, input, format === 'channelsLast' ? 'channelsFirst' : 'tfjs');
  const [a, b, c] = input.shape as [number, number, number];
  return format === 'channelsLast'
    ? { value, height: a, width: b, channels: c }
    : { value, channels: a, height: b, width: c };
}

/** The tfjs shape and layout of an image operator's output. */
export function imageOutput(
  format: DataFormat,
  { channels, height, width }: Omit<Image, 'value'>,
): Pick<Value, 'shape' | 'layout'> {
  return format === 'channelsLast'
    ? { shape: [height, width, channels], layout: 'channelsFirst' }
    : { shape: [channels, height, width], layout: 'tfjs' };
}

/** ONNX's `pads`: all beginnings, then all ends. */
export function pads(vertical: Window, horizontal: Window) {
  return ints([vertical.before, horizontal.before, vertical.after, horizontal.after]);
}

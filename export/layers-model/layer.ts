import type * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { fromZodError, SennError } from '../../core/errors.ts';
import { type Form, storedOrder } from '../graph/value.ts';

/** tfjs layers, read: configurations checked, weights as plain arrays. */

export type Layer = tfl.layers.Layer;

/** Models nest: a model is a layer of another one. */
export function isModel(layer: Layer): layer is tfl.LayersModel {
  return 'inputLayers' in layer && 'outputs' in layer;
}

/** Every layer of a model, also those that models inside it and wrappers hold. */
export function layersOf(model: tfl.LayersModel): Layer[] {
  const within = (layer: Layer): Layer[] => {
    if (isModel(layer)) return layersOf(layer);
    return 'layer' in layer ? [layer, ...within(layer.layer as Layer)] : [layer];
  };
  return model.layers.flatMap(within);
}

/** How messages name a layer. */
export function describe(layer: Layer): string {
  return `layer "${layer.name}" (${layer.getClassName()})`;
}

/** One axis. tf.keras 2 writes it as a list of one, which tfjs takes for the number. */
export const oneAxis = z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]);

/** The part of a layer's configuration that an emitter reads. @throws unsupported_layer */
export function configOf<T>(layer: Layer, schema: z.ZodType<T>): T {
  const result = schema.safeParse(layer.getConfig());
  if (!result.success) throw fromZodError('unsupported_layer', describe(layer), result.error);
  return result.data;
}

export interface Weight {
  readonly shape: readonly number[];
  /** May be the memory of tfjs itself: it is read, and never written. */
  readonly data: Float32Array;
}

/** The weight that the layer added under this name. @throws invalid_model where it is absent or not finite */
export function weightOf(layer: Layer, name: string): Weight {
  const variable = layer.weights.find(({ originalName }) => originalName.split('/').at(-1) === name);
  if (variable === undefined) {
    const names = layer.weights.map(({ originalName }) => originalName).join(', ');
    throw new SennError('invalid_model', `${describe(layer)}: has no weight "${name}"; it has ${names || 'none'}`);
  }
  const tensor = variable.read();
  const read = tensor.dataSync();
  // Whole numbers and booleans become float32; what is float32 is not copied.
  const data = read instanceof Float32Array ? read : Float32Array.from(read);
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    throw new SennError(
      'invalid_model',
      `${describe(layer)}: weight "${name}" must be finite, but element ${odd} of [${tensor.shape.join(', ')}] is ${data[odd]}`,
      { layer: layer.name, weight: name, index: odd },
    );
  }
  return { shape: tensor.shape, data };
}

/** A weight with its axes in another order; `axes[i]` is the old axis that becomes axis i. @param permuted where it goes */
export function permute(
  { shape, data }: Weight,
  axes: readonly number[],
  permuted: Float32Array = new Float32Array(data.length),
): Weight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const target = axes.map((axis) => shape[axis] as number);
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let source = 0;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const size = target[axis] as number;
      source += (rest % size) * (strides[axes[axis] as number] as number);
      rest = Math.floor(rest / size);
    }
    permuted[i] = data[source] as number;
  }
  return { shape: target, data: permuted };
}

/** A weight with an axis for each axis of a tfjs shape, without the batch, as it lies in the graph. */
export function storedWeight(form: Form, weight: Weight): Weight {
  return permute(
    weight,
    storedOrder(form)
      .slice(1)
      .map((axis) => axis - 1),
  );
}

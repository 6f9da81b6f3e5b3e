import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import type { Size } from '../graph/size.ts';
import type { ElementType } from '../onnx/proto.ts';
import { describe, layersOf } from './layer.ts';

/** What a model must say of its inputs before it can be walked: sizes and element types. */

/** Sizes of an input without the batch; `null` leaves one open. */
export type InputShape = readonly (number | null)[];

/** What the axes of a sample are called where their size is open, by how many there are; the last are the channels. */
const axes: Readonly<Record<number, readonly string[]>> = {
  1: ['time'],
  2: ['time', 'features'],
  3: ['height', 'width', 'channels'],
  4: ['depth', 'height', 'width', 'channels'],
};

const said = (sizes: readonly (number | null)[]): string => `[${sizes.map((size) => size ?? '?').join(', ')}]`;

/**
 * The sizes of each input without the batch, open ones by a name: `height`, or `left_height` in a model of several.
 * @param given sizes in the place of open ones
 * @throws invalid_config where these are not those of the model
 */
export function shapesOf(model: tfl.LayersModel, given: readonly InputShape[] | undefined): Size[][] {
  const { inputs } = model;
  if (given !== undefined && given.length !== inputs.length) {
    throw new SennError(
      'invalid_config',
      `export: ${given.length} input shapes must match the model's ${inputs.length} inputs`,
    );
  }
  return inputs.map(({ shape, sourceLayer: { name } }, i) => {
    const own = shape.slice(1);
    const wanted = given?.[i] ?? own;
    const fits = (size: number | null, axis: number) =>
      size === null || (Number.isSafeInteger(size) && size > 0 && (own[axis] ?? size) === size);
    if (wanted.length !== own.length || !wanted.every(fits)) {
      throw new SennError(
        'invalid_config',
        `export: input shape ${said(wanted)} of "${name}" must be ${said(own)}, with positive whole numbers for what is open`,
        { name },
      );
    }
    const prefix = inputs.length === 1 ? '' : `${name.replace(/\W/g, '_')}_`;
    return own.map((size, axis) => size ?? wanted[axis] ?? `${prefix}${axes[own.length]?.[axis] ?? `axis${axis + 1}`}`);
  });
}

const elementTypes = ['float32', 'int32', 'bool'] as const satisfies readonly ElementType[];

/** The element type of an input, as tfjs has it. @throws unsupported_layer where a graph of tfjs layers can have none such */
export function elementTypeOf({ dtype, sourceLayer: { name } }: tfl.SymbolicTensor): ElementType {
  const type = elementTypes.find((one) => one === dtype);
  if (type !== undefined) return type;
  throw new SennError(
    'unsupported_layer',
    `input "${name}": element type "${dtype}" must be one that layers calculate with: ${elementTypes.join(', ')}`,
    { name, dtype },
  );
}

/** @throws invalid_model where there is nothing that could be run */
export function refuseEmpty({ name, layers, outputs }: tfl.LayersModel): void {
  if (layers.length > 0 && outputs?.length > 0) return;
  throw new SennError(
    'invalid_model',
    `model "${name}": has ${layers.length} layers; must have at least one, and an output`,
  );
}

/** Layers that, in tfjs 4.22, write their output shape over the shape that they were given. */
const overwriting: ReadonlySet<string> = new Set(['CategoryEncoding', 'CenterCrop']);

/**
 * Refuses a model whose input has lost its shape: tfjs itself then takes only inputs of the size of the output.
 * @throws unsupported_layer
 */
export function refuseOverwrittenInputs(model: tfl.LayersModel): void {
  const shapes = new Set(model.inputs.map(({ shape }) => shape));
  for (const layer of layersOf(model)) {
    if (!overwriting.has(layer.getClassName())) continue;
    if (layer.inboundNodes.some(({ outputTensors }) => outputTensors.some(({ shape }) => shapes.has(shape)))) {
      throw new SennError(
        'unsupported_layer',
        `${describe(layer)}: tfjs has written its output shape over that of the model's input; put a Reshape to the input's own shape before it`,
        { layer: layer.name },
      );
    }
  }
}

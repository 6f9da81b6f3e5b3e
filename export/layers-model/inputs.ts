import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import { describe, layersOf } from './layer.ts';

/** What a model must say of its inputs before it can be walked. */

/** Sizes of an input without the batch. @throws unsupported_layer where one is not fixed */
export function fixedShape({ name, shape }: tfl.SymbolicTensor): number[] {
  return shape.slice(1).map((size) => {
    if (size === null) {
      const sizes = shape.map((known) => known ?? '?').join(', ');
      throw new SennError('unsupported_layer', `input "${name}": only the batch of [${sizes}] may be left open`, {
        name,
      });
    }
    return size;
  });
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

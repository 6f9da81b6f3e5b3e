import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../core/errors.ts';
import { createGraph, type Layout, type Value } from './graph.ts';
import { toLayout } from './layout.ts';
import { encodeModel } from './onnx/schema.ts';
import { walk } from './walk.ts';

export const opsets = { min: 17, default: 18, max: 25 } as const;

export interface ExportOptions {
  /**
   * How images pass the graph's border. tfjs has them as `[batch, H, W, C]`; `NCHW` (the default) declares every
   * such input and output as `[batch, C, H, W]`. A model with `channelsFirst` layers keeps the shapes that it has.
   */
  readonly imageLayout?: 'NHWC' | 'NCHW';
  /** ONNX operator set, 17 to 25. Default 18. */
  readonly opset?: number;
  /** Names of the graph's inputs, in the order of the model's. Default: the names of its input layers. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Written to the file as `metadata_props`, sorted. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the graph. Default: the model's. */
  readonly name?: string;
}

function namesOf(what: string, given: readonly string[] | undefined, own: readonly string[]): readonly string[] {
  if (given !== undefined && given.length !== own.length) {
    throw new SennError(
      'invalid_config',
      `export: ${given.length} ${what} names (${given.join(', ')}) must match the model's ${own.length} (${own.join(', ')})`,
    );
  }
  if (given !== undefined) return given;
  // A shared layer that gives two outputs gives both its name.
  return own.map((name, i) => (own.indexOf(name) === i ? name : `${name}_${i}`));
}

/** `model.inputNames` and `outputNames` are empty until a Sequential has run once; these are not. */
function layerNames(tensors: readonly tfl.SymbolicTensor[]): string[] {
  return tensors.map(({ sourceLayer }) => sourceLayer.name);
}

/** Sizes of an input without the batch. @throws unsupported_layer where one is not fixed */
function fixedShape({ name, shape }: tfl.SymbolicTensor): number[] {
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

function borderLayout({ shape }: Pick<Value, 'shape'>, images: Layout): Layout {
  return shape.length === 3 ? images : 'tfjs';
}

/**
 * Any tfjs LayersModel as the bytes of an `.onnx` file: Sequential or functional, with any number of inputs and
 * outputs, shared layers and models inside models. Inputs and outputs are float32 with a dynamic batch.
 * The same model gives the same bytes. A tfjs backend must be set, to read the weights.
 * @throws unsupported_layer | invalid_model (a weight is not finite) | invalid_config (the options)
 */
export function layersModelToOnnx(model: tfl.LayersModel, options: ExportOptions = {}): Uint8Array {
  const { imageLayout = 'NCHW', opset = opsets.default, metadata = {}, name = model.name } = options;
  if (!Number.isInteger(opset) || opset < opsets.min || opset > opsets.max) {
    throw new SennError(
      'invalid_config',
      `export: opset ${opset} must be a whole number from ${opsets.min} to ${opsets.max}`,
    );
  }
  const channelsFirst = model.layers.some((layer) => layer.getConfig()['dataFormat'] === 'channelsFirst');
  const images = imageLayout === 'NCHW' && !channelsFirst ? 'channelsFirst' : 'tfjs';
  const inputNames = namesOf('input', options.inputNames, layerNames(model.inputs));
  const outputNames = namesOf('output', options.outputNames, layerNames(model.outputs));
  const graph = createGraph([...inputNames, ...outputNames]);
  const inputs = model.inputs.map((tensor, i) => {
    const shape = fixedShape(tensor);
    return graph.input(inputNames[i] as string, { shape, layout: borderLayout({ shape }, images) });
  });
  walk(graph, model, inputs).forEach((value, i) => {
    const outputName = outputNames[i] as string;
    graph.output(outputName, toLayout(graph.scope(outputName), value, borderLayout(value, images)));
  });
  return encodeModel(graph.build({ name, opset, metadata }));
}

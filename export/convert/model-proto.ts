import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import type { OwnEmitter } from '../emitters/emitter.ts';
import { gradientsOf } from '../gradients/gradients.ts';
import { createGraph } from '../graph/graph.ts';
import type { ExternalData } from '../graph/initializers.ts';
import { toLayout } from '../graph/layout.ts';
import type { Size } from '../graph/size.ts';
import type { Layout } from '../graph/value.ts';
import { isImage } from '../layers-model/images.ts';
import {
  elementTypeOf,
  type InputShape,
  refuseEmpty,
  refuseOverwrittenInputs,
  shapesOf,
} from '../layers-model/inputs.ts';
import { layersOf } from '../layers-model/layer.ts';
import { refuseMasks } from '../layers-model/masks.ts';
import { LAYOUT } from '../onnx/metadata.ts';
import { opsets } from '../onnx/opsets.ts';
import { dataType, type ModelProto, type ValueInfoProto } from '../onnx/proto.ts';
import { replacementsFor } from '../passes/layers/index.ts';
import { emitModel } from './walk.ts';

/** From a LayersModel to an ONNX model: options, names of ports, layouts at the border. */

export interface ExportOptions {
  /**
   * How images pass the graph's border. tfjs has them as `[batch, H, W, C]`; `NCHW` (the default) declares every
   * such input and output as `[batch, C, H, W]`. A model with `channelsFirst` layers keeps the shapes that it has, and so
   * does what layers show to be no image (images.ts). The metadata say which it is, as `layout.<name>`.
   */
  readonly imageLayout?: 'NHWC' | 'NCHW';
  /**
   * Sizes of the inputs without the batch, in the order of the model's; `null` leaves one open. Default: those of the
   * model, where an open size goes into the file by name (`height`), as far as its layers need no number.
   */
  readonly inputShapes?: readonly InputShape[];
  /** How many samples each run takes, a positive whole number. Default: any number, `dynamic`. */
  readonly batch?: number | 'dynamic';
  /**
   * Takes each BatchNormalization into the convolution or Dense layer before it, where nothing else reads that
   * layer: the same function up to rounding, in fewer nodes. Default: no.
   */
  readonly foldBatchNormalization?: boolean;
  /** ONNX operator set, 17 to 25. Default 18. */
  readonly opset?: number;
  /** Names of the graph's inputs, in the order of the model's. Default: the names of its input layers. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Written to the file as `metadata_props`, sorted. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the file says of the exporter beside its name. Default: nothing, so that a new version alone changes no bytes. */
  readonly producerVersion?: string;
  /** Name of the graph. Default: the model's. */
  readonly name?: string;
  /**
   * Writes the vector-Jacobian product in the place of the model: its inputs and a cotangent of each float32 output go in
   * (`cotangent`, or `cotangent_<output>` where there are several), the gradient of each float32 input comes out
   * (`gradient`, or `gradient_<input>`). Default: no.
   */
  readonly gradients?: boolean;
  /** How layers of your own are written, by class name; these come before the exporter's own emitters. */
  readonly emitters?: Readonly<Record<string, OwnEmitter>>;
  /** Where constants of 1 KiB and more go instead of into the file. Default: into the file. */
  readonly externalData?: ExternalData;
}

function namesOf(what: string, given: readonly string[] | undefined, own: readonly string[]): readonly string[] {
  if (given !== undefined && given.length !== own.length) {
    throw new SennError(
      'invalid_config',
      `export: ${given.length} ${what} names (${given.join(', ')}) must match the model's ${own.length} (${own.join(', ')})`,
    );
  }
  if (given?.includes('')) {
    throw new SennError('invalid_config', `export: ${what} name ${given.indexOf('')} must not be empty`);
  }
  return given ?? own;
}

/**
 * Names of their own where none are given: an output that is an input, or the second one of a shared layer, would
 * have a name that is given already.
 */
function distinct(names: readonly string[], taken: readonly string[]): string[] {
  const used = new Set(taken);
  return names.map((name, i) => {
    let own = used.has(name) ? `${name}_${i}` : name;
    while (used.has(own)) own += '_';
    used.add(own);
    return own;
  });
}

/** `model.inputNames` and `outputNames` are empty until a Sequential has run once; these are not. */
function layerNames(tensors: readonly tfl.SymbolicTensor[]): string[] {
  return tensors.map(({ sourceLayer }) => sourceLayer.name);
}

/** The layout of images at the graph's border, and what the metadata call it. */
function imagesOf(model: tfl.LayersModel, imageLayout: 'NHWC' | 'NCHW'): { layout: Layout; told: 'NHWC' | 'NCHW' } {
  const asTheyAre = layersOf(model).some((layer) => layer.getConfig()['dataFormat'] === 'channelsFirst');
  if (asTheyAre) return { layout: 'tfjs', told: 'NCHW' };
  return { layout: imageLayout === 'NCHW' ? 'channelsFirst' : 'tfjs', told: imageLayout };
}

/** @throws invalid_config */
function checkOptions({ opset = opsets.default, batch = 'dynamic' }: ExportOptions): void {
  if (!Number.isInteger(opset) || opset < opsets.min || opset > opsets.max) {
    throw new SennError(
      'invalid_config',
      `export: opset ${opset} must be a whole number from ${opsets.min} to ${opsets.max}`,
    );
  }
  if (batch !== 'dynamic' && (!Number.isSafeInteger(batch) || batch < 1)) {
    throw new SennError('invalid_config', `export: batch ${batch} must be a positive whole number, or "dynamic"`);
  }
}

/** `cotangent`, or `cotangent_<port>` where several ports are float32. */
function gradientNames(ports: readonly ValueInfoProto[], word: string): Record<string, string> {
  const floats = ports.filter(({ type }) => type.tensorType.elemType === dataType.float32);
  return Object.fromEntries(floats.map(({ name }) => [name, floats.length === 1 ? word : `${word}_${name}`]));
}

/** A tfjs LayersModel as an ONNX model, or its gradient as one. @throws see `layersModelToOnnx` */
export function modelProtoOf(model: tfl.LayersModel, options: ExportOptions): ModelProto {
  const forward = forwardProtoOf(model, options);
  if (!options.gradients) return forward;
  const { input, output } = forward.graph;
  return gradientsOf(forward, {
    cotangents: gradientNames(output, 'cotangent'),
    gradients: gradientNames(input, 'gradient'),
  });
}

function forwardProtoOf(model: tfl.LayersModel, options: ExportOptions): ModelProto {
  checkOptions(options);
  const { imageLayout = 'NCHW', opset = opsets.default, batch = 'dynamic', externalData } = options;
  refuseEmpty(model);
  refuseOverwrittenInputs(model);
  refuseMasks(model);
  const images = imagesOf(model, imageLayout);
  const inputNames = namesOf('input', options.inputNames, layerNames(model.inputs));
  const ownNames = distinct(layerNames(model.outputs), inputNames);
  const outputNames = namesOf('output', options.outputNames, ownNames);
  const graph = createGraph({
    reserved: [...inputNames, ...outputNames],
    opset,
    batch: batch === 'dynamic' ? undefined : batch,
    externalData,
  });
  const layouts: Record<string, string> = {};
  const borderLayout = (tensor: tfl.SymbolicTensor, axes: number, port: 'input' | 'output', own: string): Layout => {
    if (!isImage(tensor, axes, port)) return 'tfjs';
    layouts[`${LAYOUT}${own}`] = images.told;
    return images.layout;
  };
  const shapes = shapesOf(model, options.inputShapes);
  const inputs = model.inputs.map((tensor, i) => {
    const shape = shapes[i] as Size[];
    const own = inputNames[i] as string;
    return graph.input(own, {
      shape,
      layout: borderLayout(tensor, shape.length, 'input', own),
      type: elementTypeOf(tensor),
    });
  });
  const { foldBatchNormalization = false } = options;
  const replacements = replacementsFor(model, { foldBatchNormalization });
  emitModel({ graph, emitters: options.emitters ?? {}, replacements }, model, inputs).forEach((value, i) => {
    const outputName = outputNames[i] as string;
    const layout = borderLayout(model.outputs[i] as tfl.SymbolicTensor, value.shape.length, 'output', outputName);
    graph.output(outputName, toLayout(graph.scope(outputName), value, layout));
  });
  const { name = model.name, metadata = {}, producerVersion } = options;
  return graph.build({ name, metadata: { ...layouts, ...metadata }, producerVersion });
}

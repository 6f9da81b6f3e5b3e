import { SennError } from '../../core/errors.ts';
import { describe, type Layer } from '../layers-model/layer.ts';
import { activationLayers } from './activation/index.ts';
import { basicLayers } from './basic/index.ts';
import { convolutionLayers } from './convolution/index.ts';
import type { OwnEmitter } from './emitter.ts';
import { imageLayers } from './image/index.ts';
import type { LayerRow } from './layer-row.ts';
import { mergeLayers } from './merge/index.ts';
import { normalizationLayers } from './normalization/index.ts';
import { poolingLayers } from './pooling/index.ts';
import { prototypeDnnLayers } from './prototype-dnn/index.ts';
import { recurrentLayers } from './recurrent/index.ts';
import { shapeLayers } from './shape/index.ts';
import { tokenLayers } from './tokens/index.ts';

/** The table of layers, and the choice of an emitter for a layer. */

/**
 * Every layer that can be exported, by tfjs's class name; FeatureScaling is the project's own. A new layer is a file and
 * a row in the table of its room. (An InputLayer, and a model inside a model, are the walk's.)
 */
export const layerRows = {
  ...activationLayers,
  ...basicLayers,
  ...convolutionLayers,
  ...imageLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...prototypeDnnLayers,
  ...recurrentLayers,
  ...shapeLayers,
  ...tokenLayers,
} as const satisfies Record<string, LayerRow>;

export type SupportedLayer = keyof typeof layerRows;

/** In alphabetical order. */
export const supportedLayers = (Object.keys(layerRows) as SupportedLayer[]).sort();

const CELL = 'is a cell and no layer of a model; put it into an RNN layer';

/** Classes that tfjs knows and this exporter refuses, with the reason. */
export const refusals = {
  ConvLSTM2DCell: CELL,
  GRUCell: CELL,
  LSTMCell: CELL,
  RandomWidth: 'draws a width at random, in evaluation too; leave it out of the model that is exported',
  SimpleRNNCell: CELL,
  StackedRNNCells: CELL,
} as const satisfies Record<string, string>;

/**
 * How a layer is written.
 * @param own emitters by class name, before the exporter's
 * @throws unsupported_layer
 */
export function rowOf(layer: Layer, own: Readonly<Record<string, OwnEmitter>>): Pick<LayerRow, 'emit' | 'takes'> {
  const className = layer.getClassName();
  if (Object.hasOwn(own, className)) {
    const given = own[className] as OwnEmitter;
    return typeof given === 'function' ? { emit: given } : given;
  }
  if (Object.hasOwn(layerRows, className)) return layerRows[className as SupportedLayer];
  const supported = [...supportedLayers, ...Object.keys(own)];
  const reason: string = Object.hasOwn(refusals, className)
    ? refusals[className as keyof typeof refusals]
    : `has no emitter; give one in a program of your own, layersModelToOnnx(model, { emitters: { ${className}: … } }) of senn-onnx/export (docs/layers.md), or choose from ${supported.join(', ')}`;
  throw new SennError('unsupported_layer', `${describe(layer)}: ${reason}`, {
    layer: layer.name,
    className,
    supported,
  });
}

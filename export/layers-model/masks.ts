import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import { describe, type Layer, layersOf } from './layer.ts';

/** Masks of tfjs, which a graph has not: where one would be read, the export is refused. */

/** Layers that do something else where they are given a mask. */
const readers: ReadonlySet<string> = new Set([
  'Bidirectional',
  'ConvLSTM2D',
  'GRU',
  'LSTM',
  'RNN',
  'SimpleRNN',
  'Softmax',
]);

const makesMask = (layer: Layer): boolean =>
  layer.getClassName() === 'Masking' || ('maskZero' in layer && layer.maskZero === true);

/**
 * Refuses a model in which one layer makes a mask and another reads masks. ONNX has none to pass on; and tfjs 4.22
 * hands the last one that was made to every layer that runs after, connected or not.
 * @throws unsupported_layer
 */
export function refuseMasks(model: tfl.LayersModel): void {
  const layers = layersOf(model);
  const maker = layers.find(makesMask);
  const reader = layers.find((layer) => readers.has(layer.getClassName()));
  if (maker === undefined || reader === undefined) return;
  throw new SennError(
    'unsupported_layer',
    `${describe(reader)}: reads the mask that ${describe(maker)} makes; ONNX passes no masks on, so one of them must go`,
    { layer: reader.name, maker: maker.name },
  );
}

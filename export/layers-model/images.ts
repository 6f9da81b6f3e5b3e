import type * as tfl from '@tensorflow/tfjs-layers';
import { isModel } from './layer.ts';

/**
 * Which tensors of a model are images. Three axes behind the batch alone do not say it: a film without colours has them,
 * and so have texts of embedded words. The layers that read or make a tensor do.
 */

type Says = 'image' | 'other';

/** Layers over the height and width of images. */
const image = [
  ...['AveragePooling2D', 'CenterCrop', 'Conv2D', 'Conv2DTranspose', 'ConvLSTM2D', 'Cropping2D', 'DepthwiseConv2D'],
  ...['GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'MaxPooling2D', 'RandomWidth', 'Resizing', 'SeparableConv2D'],
  ...['UpSampling2D', 'ZeroPadding2D'],
];

/** Layers over steps or words. */
const other = [
  ...[
    'AveragePooling1D',
    'Bidirectional',
    'Conv1D',
    'Dot',
    'Embedding',
    'GRU',
    'GlobalAveragePooling1D',
    'GlobalMaxPooling1D',
  ],
  ...['LSTM', 'Masking', 'MaxPooling1D', 'RNN', 'RepeatVector', 'SimpleRNN', 'TimeDistributed'],
];

/** Layers over the last axis, which images and texts have; what stands behind them says more. */
const lastAxis = ['Dense', 'LayerNormalization', 'Softmax'];

/** Layers that do the same to every element, or to every channel. */
const elementwise = [
  ...['Activation', 'Add', 'AlphaDropout', 'Average', 'BatchNormalization', 'Concatenate', 'Dropout', 'ELU'],
  ...['FeatureScaling', 'GaussianDropout', 'GaussianNoise', 'LeakyReLU', 'Maximum', 'Minimum', 'Multiply', 'PReLU'],
  ...['ReLU', 'Rescaling', 'ThresholdedReLU'],
];

const says = new Map<string, Says>([
  ...image.map((name) => [name, 'image'] as const),
  ...[...other, ...lastAxis].map((name) => [name, 'other'] as const),
]);
const passedThrough = new Set([...lastAxis, ...elementwise]);

/** What the layers on one side of a tensor say of it, as far as it goes through layers that keep its axes. */
function heard(start: tfl.SymbolicTensor, side: 'readers' | 'makers'): Set<Says> {
  const found = new Set<Says>();
  const seen = new Set<tfl.SymbolicTensor>();
  const left = [start];
  for (let tensor = left.pop(); tensor !== undefined; tensor = left.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    const { sourceLayer, nodeIndex } = tensor;
    const current = tensor;
    const nodes =
      side === 'readers'
        ? sourceLayer.outboundNodes.filter(({ inputTensors }) => inputTensors.includes(current))
        : [sourceLayer.inboundNodes[nodeIndex]].filter((node) => node !== undefined);
    for (const { outboundLayer: layer, inputTensors, outputTensors } of nodes) {
      if (isModel(layer)) {
        const place = (side === 'readers' ? inputTensors : outputTensors).indexOf(current);
        left.push(...(side === 'readers' ? layer.inputs : layer.outputs).slice(place, place + 1));
        continue;
      }
      const said = says.get(layer.getClassName());
      if (said !== undefined) found.add(said);
      if (passedThrough.has(layer.getClassName())) left.push(...(side === 'readers' ? outputTensors : inputTensors));
    }
  }
  return found;
}

/**
 * Whether an input or output of a model is an image, of three axes behind the batch as the graph has it (Resizing of tfjs
 * 4.22 tells its shape without the batch): where an image layer reads or
 * makes it, and where nothing says what else it were (pixels that a Flatten reads, or a Reshape makes).
 */
export function isImage(tensor: tfl.SymbolicTensor, axes: number, port: 'input' | 'output'): boolean {
  if (axes !== 3) return false;
  const said = heard(tensor, port === 'input' ? 'readers' : 'makers');
  return said.has('image') || !said.has('other');
}

import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, casesOf, type Layer, merge, type Symbolic, tokens } from './case.ts';

/** Cases of inputs that leave sizes open: images of any height and width, texts of any length. */

const { layers } = tfl;

function open(shape: readonly (number | null)[], ...chained: readonly Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape: [...shape] });
  return tfl.model({ inputs: input, outputs: chained.reduce((x, layer) => layer.apply(x) as Symbolic, input) });
}

const images = [
  [6, 8],
  [9, 7],
];
const texts = [[5], [8]];
const withSizes = (sizes: readonly (readonly number[])[], cases: readonly Case[]): Case[] =>
  cases.map((one) => ({ ...one, open: sizes }));

const imageLayers: Readonly<Record<string, () => readonly Layer[]>> = {
  'Conv2D, same': () => [layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' })],
  'Conv2D, valid, strides': () => [layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, activation: 'relu' })],
  'Conv2D of one pixel, same, strides': () => [
    layers.conv2d({ filters: 2, kernelSize: 1, strides: 2, padding: 'same' }),
  ],
  Conv2DTranspose: () => [layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })],
  'DepthwiseConv2D, then SeparableConv2D': () => [
    layers.depthwiseConv2d({ kernelSize: 2 }),
    layers.separableConv2d({ filters: 3, kernelSize: 2, padding: 'same' }),
  ],
  'what padding adds, a convolution takes': () => [
    layers.zeroPadding2d({ padding: 1 }),
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.batchNormalization({}),
  ],
  Cropping2D: () => [
    layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 2],
      ],
    }),
  ],
  'UpSampling2D, then strides that divide it': () => [
    layers.upSampling2d({ size: [2, 2] }),
    layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
  ],
  'pooling, then everything': () => [
    layers.maxPooling2d({ poolSize: 2 }),
    layers.averagePooling2d({ poolSize: [1, 2] }),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: 2 }),
  ],
  'Dense, PReLU and LayerNormalization over channels': () => [
    layers.dense({ units: 3 }),
    layers.prelu({ sharedAxes: [1, 2] }),
    layers.layerNormalization(),
    layers.softmax({ axis: -1 }),
  ],
  'Reshape of rows': () => [layers.reshape({ targetShape: [-1, 3] }), layers.dense({ units: 2 })],
  Permute: () => [layers.permute({ dims: [2, 1, 3] })],
  'an LSTM of every row': () => [layers.timeDistributed({ layer: layers.lstm({ units: 2 }) })],
};

const textLayers: Readonly<Record<string, () => readonly Layer[]>> = {
  'an LSTM': () => [layers.lstm({ units: 2 })],
  'two directions': () => [
    layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true }) as never, mergeMode: 'concat' }),
    layers.globalMaxPooling1d(),
  ],
  backwards: () => [layers.gru({ units: 2, returnSequences: true, goBackwards: true })],
  'Conv1D and pooling': () => [
    layers.conv1d({ filters: 3, kernelSize: 2, padding: 'same' }),
    layers.maxPooling1d({ poolSize: 2 }),
    layers.conv1d({ filters: 2, kernelSize: 2 }),
    layers.globalAveragePooling1d(),
  ],
  'TimeDistributed Dense': () => [layers.timeDistributed({ layer: layers.dense({ units: 2 }) })],
};

/** Two branches that meet again, and an input that scales them. */
function branches(): tfl.LayersModel {
  const x = tfl.input({ shape: [null, null, 3], name: 'image' });
  const gate = tfl.input({ shape: [null, null, 1], name: 'gate-1' });
  const inner = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }).apply(x) as Symbolic;
  const sum = layers.add().apply([x, inner]) as Symbolic;
  const both = layers.concatenate().apply([sum, inner]) as Symbolic;
  const beside = layers.concatenate({ axis: 1 }).apply([both, both]) as Symbolic;
  return tfl.model({ inputs: [x, gate], outputs: [layers.multiply().apply([both, gate]) as Symbolic, beside] });
}

export const openSizes: Case[] = [
  ...withSizes(images, [
    ...casesOf(
      'an image of any size',
      Object.keys(imageLayers).map((name) => ({ name })),
      ({ name }) => open([null, null, 3], ...(imageLayers[name] as () => Layer[])()),
    ),
    {
      name: 'an image of any size, channels first',
      model: () => open([3, null, null], layers.conv2d({ filters: 2, kernelSize: 3, dataFormat: 'channelsFirst' })),
    },
    {
      name: 'an image of any size, resized to a fixed one',
      model: () => open([null, null, 3], layers.resizing({ height: 4, width: 5 }) as Layer),
      reference: ([x]) => [tf.image.resizeBilinear(x as tf.Tensor4D, [4, 5], true)],
    },
    {
      name: 'a film of any size',
      model: () =>
        open([2, null, null, 3], layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 2 }) })),
    },
    {
      name: 'ConvLSTM2D over images of any size',
      model: () =>
        open(
          [2, null, null, 2],
          layers.convLstm2d({ filters: 2, kernelSize: 2, returnSequences: true } as never) as Layer,
        ),
    },
    { name: 'images of any size in branches', model: branches },
  ]),
  ...withSizes(texts, [
    ...casesOf(
      'a text of any length',
      Object.keys(textLayers).map((name) => ({ name })),
      ({ name }) => open([null, 3], ...(textLayers[name] as () => Layer[])()),
    ),
    {
      name: 'words of any number',
      model: () => open([null], layers.embedding({ inputDim: 6, outputDim: 3 }), layers.lstm({ units: 2 })),
      draw: tokens(6),
    },
    { name: 'Dot of texts', model: () => merge(layers.dot({ axes: 2 }), [null as never, 3], [null as never, 3]) },
  ]),
  {
    name: 'a film of any length',
    model: () =>
      open(
        [null, 5, 4, 2],
        layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 2 }) }),
        layers.timeDistributed({ layer: layers.flatten() }),
        layers.lstm({ units: 2 }),
      ),
    open: texts,
  },
];

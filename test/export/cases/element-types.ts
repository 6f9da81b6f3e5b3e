import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, casesOf, type Layer, pairs, type Symbolic, same, tokens } from './case.ts';

/** Cases of whole numbers and booleans: which layers keep them, and which calculate with fractions. */

const { layers } = tfl;
type Type = 'bool' | 'float32' | 'int32';

function typed(shape: readonly number[], dtypes: readonly Type[], ...chained: readonly Layer[]): tfl.LayersModel {
  const inputs = dtypes.map((dtype) => tfl.input({ shape: [...shape], dtype }));
  const [first, ...rest] = chained as [Layer, ...Layer[]];
  const start = first.apply(inputs.length === 1 ? (inputs[0] as Symbolic) : inputs) as Symbolic;
  return tfl.model({ inputs, outputs: rest.reduce((x, layer) => layer.apply(x) as Symbolic, start) });
}

/** What tfjs refuses or gets wrong for whole numbers is what it makes of the same numbers as float32. */
const asFloats: NonNullable<Case['reference']> = (inputs, model) => {
  const source = model.layers.at(-1) as Layer;
  return [source.apply(inputs.map((x) => tf.cast(x, 'float32'))[0] as tf.Tensor) as tf.Tensor];
};

const moving: Readonly<Record<string, () => Layer[]>> = {
  Dropout: () => [layers.dropout({ rate: 0.5 })],
  Flatten: () => [layers.flatten()],
  Permute: () => [layers.permute({ dims: [3, 1, 2] })],
  'RepeatVector of a Flatten, which comes to it as float32': () => [layers.flatten(), layers.repeatVector({ n: 2 })],
  Reshape: () => [layers.reshape({ targetShape: [2, -1] })],
  TimeDistributed: () => [layers.timeDistributed({ layer: layers.flatten() })],
  Cropping2D: () => [
    layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 1],
      ],
    }),
  ],
  ZeroPadding2D: () => [layers.zeroPadding2d({ padding: 1 })],
  linear: () => [layers.activation({ activation: 'linear' })],
  'Model of whole numbers': () => [typed([4, 4, 2], ['int32'], layers.flatten()) as unknown as Layer],
  'Model of fractions': () => [typed([4, 4, 2], ['float32'], layers.flatten()) as unknown as Layer],
};

const whole: Readonly<Record<string, () => Layer[]>> = {
  GlobalMaxPooling2D: () => [layers.globalMaxPooling2d({})],
  Masking: () => [layers.masking({ maskValue: 1 })],
  MaxPooling2D: () => [layers.maxPooling2d({ poolSize: 2 })],
  'MaxPooling2D of padded images, which come to it as float32': () => [
    layers.zeroPadding2d({ padding: 1 }),
    layers.maxPooling2d({ poolSize: 2 }),
  ],
  ReLU: () => [layers.reLU()],
  'ReLU up to 2': () => [layers.reLU({ maxValue: 2 })],
  UpSampling2D: () => [layers.upSampling2d({ size: [2, 1] })],
  relu: () => [layers.activation({ activation: 'relu' })],
};

const fractions: Readonly<Record<string, () => Layer>> = {
  AveragePooling2D: () => layers.averagePooling2d({ poolSize: 2 }),
  BatchNormalization: () => layers.batchNormalization({}),
  Conv2D: () => layers.conv2d({ filters: 2, kernelSize: 2 }),
  Dense: () => layers.dense({ units: 2 }),
  ELU: () => layers.elu(),
  GlobalAveragePooling2D: () => layers.globalAveragePooling2d({}),
  LayerNormalization: () => layers.layerNormalization(),
  LeakyReLU: () => layers.leakyReLU(),
  MaxPooling3D: () => layers.maxPooling3d({ poolSize: 2, dataFormat: 'channelsLast' }),
  Rescaling: () => layers.rescaling({ scale: 2, offset: 1 }) as Layer,
  Softmax: () => layers.softmax({ axis: -1 }),
  'UpSampling2D between pixels': () => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
  sigmoid: () => layers.activation({ activation: 'sigmoid' }),
};

const named = (row: Readonly<Record<string, unknown>>) => Object.keys(row).map((name) => ({ name }));
const merges = {
  add: () => layers.add(),
  average: () => layers.average(),
  maximum: () => layers.maximum(),
  minimum: () => layers.minimum(),
  multiply: () => layers.multiply(),
  concatenate: () => layers.concatenate(),
  dot: () => layers.dot({ axes: 1 }),
  'dot, normalized': () => layers.dot({ axes: 1, normalize: true }),
} as const;
const mixtures: readonly (readonly Type[])[] = [
  ['int32', 'int32'],
  ['int32', 'float32'],
  ['float32', 'int32'],
];

export const elementTypes: Case[] = [
  ...casesOf('moved', pairs(named(moving), [{ type: 'int32' }, { type: 'bool' }] as const), ({ name, type }) =>
    typed([4, 4, 2], [type], ...(moving[name] as () => Layer[])()),
  ),
  ...casesOf('whole', named(whole), ({ name }) => typed([4, 4, 2], ['int32'], ...(whole[name] as () => Layer[])())),
  ...named(fractions).map(({ name }): Case => {
    const shape = name.endsWith('3D') ? [4, 4, 4, 2] : [4, 4, 2];
    return {
      name: `fractions of whole numbers: ${name}`,
      model: () => typed(shape, ['int32'], (fractions[name] as () => Layer)()),
      reference: asFloats,
    };
  }),
  ...casesOf(
    'merged',
    pairs(
      named(merges),
      mixtures.map((types) => ({ types })),
    ),
    ({ name, types }) => typed([4], types, merges[name as keyof typeof merges]()),
  ),
  {
    name: 'Embedding of int32',
    model: () => typed([4], ['int32'], layers.embedding({ inputDim: 6, outputDim: 3 })),
    draw: tokens(6),
    operators: ['Cast', 'Gather'],
  },
  {
    name: 'CategoryEncoding of int32',
    model: () =>
      typed([4], ['int32'], same([4]), layers.categoryEncoding({ numTokens: 5, outputMode: 'count' }) as Layer),
    draw: tokens(5),
  },
  {
    name: 'the input itself, beside a Dense of it',
    model: () => {
      const x = tfl.input({ shape: [3], dtype: 'int32' });
      return tfl.model({ inputs: x, outputs: [x, layers.dense({ units: 2 }).apply(x) as Symbolic] });
    },
  },
];

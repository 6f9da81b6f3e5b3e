import * as tfl from '@tensorflow/tfjs-layers';
import { type ActivationName, activations } from '../../../export/emitters/activation/activate.ts';
import type { Layer, Symbolic } from '../cases/case.ts';

/** A random model as data: what a failure prints, and what it is built again from. */

export type Rank = 1 | 2 | 3;
type Format = 'channelsLast' | 'channelsFirst';

/** A window's arguments; what does not fit the size that it meets is cut down to it. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same';
}

export type Step =
  | {
      readonly kind: 'convolution' | 'transposed' | 'depthwise' | 'separable';
      readonly window: Window;
      readonly filters: number;
      readonly useBias: boolean;
    }
  | { readonly kind: 'maxPooling' | 'averagePooling'; readonly window: Window }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'normalization' | 'layerNormalization' | 'gate' | 'dense' | 'wrapped' | 'reshape' }
  | { readonly kind: 'merge'; readonly merge: Merge }
  | { readonly kind: 'nested'; readonly twice: boolean }
  | { readonly kind: 'rectifier'; readonly rectifier: Rectifier }
  | { readonly kind: 'permute'; readonly order: readonly number[] }
  | { readonly kind: 'recurrent'; readonly recurrent: Recurrent; readonly filters: number }
  | { readonly kind: 'concatenation'; readonly filters: number }
  | { readonly kind: 'upSampling'; readonly size: readonly [number, number]; readonly bilinear: boolean }
  | { readonly kind: 'zeroPadding' | 'cropping'; readonly size: readonly [number, number] };
export type Kind = Step['kind'];

type Activation = ActivationName;
export const activationNames = Object.keys(activations) as Activation[];

const { layers } = tfl;

/** Merges of two branches; a product is that of `gate`, whose values stay small. */
const mergers = {
  add: () => layers.add(),
  average: () => layers.average(),
  maximum: () => layers.maximum(),
  minimum: () => layers.minimum(),
} as const;
type Merge = keyof typeof mergers;
export const merges = Object.keys(mergers) as Merge[];

/** Without ThresholdedReLU: it jumps, so that rounding shows. */
const rectifiers = {
  leaky: () => layers.leakyReLU({ alpha: 0.2 }),
  capped: () => layers.reLU({ maxValue: 0.6 }),
  elu: () => layers.elu(),
  slopes: () => layers.prelu({}),
  sharedSlopes: () => layers.prelu({ sharedAxes: [1] }),
} as const;
type Rectifier = keyof typeof rectifiers;
export const rectifierNames = Object.keys(rectifiers) as Rectifier[];

type Units = { readonly units: number; readonly returnSequences: boolean; readonly goBackwards?: boolean };
const both = (layer: Layer, mergeMode: 'concat' | 'ave') => layers.bidirectional({ layer: layer as never, mergeMode });
const recurrences = {
  simple: (args: Units) => layers.simpleRNN(args),
  gru: (args: Units) => layers.gru(args as never),
  lstm: (args: Units) => layers.lstm(args),
  backwards: (args: Units) => layers.gru({ ...args, goBackwards: true } as never),
  writtenOut: (args: Units) => layers.gru({ ...args, activation: 'gelu', goBackwards: true } as never),
  bidirectional: (args: Units) => both(layers.lstm(args), 'concat'),
  averaged: (args: Units) => both(layers.gru(args as never), 'ave'),
} as const satisfies Record<string, (args: Units) => unknown>;
type Recurrent = keyof typeof recurrences;
export const recurrents = Object.keys(recurrences) as Recurrent[];

export const ends = ['none', 'flatten', 'globalAverage', 'globalMax'] as const;

export interface Stack {
  readonly rank: Rank;
  readonly format: Format;
  readonly sizes: readonly number[];
  readonly channels: number;
  readonly steps: readonly Step[];
  readonly end: (typeof ends)[number];
  /** Whether what goes into the end is an output too. */
  readonly tapped: boolean;
}

/** tfjs's constructors by rank, where they take the same arguments. */
const convolutions = { 1: layers.conv1d, 2: layers.conv2d, 3: layers.conv3d } as const;
const transposed = { 2: layers.conv2dTranspose, 3: layers.conv3dTranspose } as const;
const maxPooling = { 1: layers.maxPooling1d, 2: layers.maxPooling2d, 3: layers.maxPooling3d } as const;
const averagePooling = { 1: layers.averagePooling1d, 2: layers.averagePooling2d, 3: layers.averagePooling3d } as const;
type Constructor = (args: object) => Layer;

/** Kinds of steps that tfjs 4.22 has at a rank, and gets right with the channels where they are. */
export function kindsOf(rank: Rank, format: Format): Kind[] {
  const always: Kind[] = [
    'convolution',
    'maxPooling',
    'averagePooling',
    'merge',
    'gate',
    'nested',
    'concatenation',
    'activation',
    'rectifier',
    'dense',
    'permute',
    'reshape',
  ];
  const last: Kind[] = format === 'channelsLast' ? ['wrapped'] : [];
  if (rank === 1) return [...always, ...last, 'normalization', 'layerNormalization', 'recurrent'];
  if (rank === 3) return [...always, ...last, 'transposed'];
  const images: Kind[] = ['transposed', 'depthwise', 'upSampling', 'zeroPadding', 'cropping', 'layerNormalization'];
  return [
    ...always,
    ...last,
    ...images,
    ...(format === 'channelsLast' ? (['separable', 'normalization'] as const) : []),
  ];
}

const sizesOf = (x: Symbolic, format: Format): number[] =>
  (format === 'channelsLast' ? x.shape.slice(1, -1) : x.shape.slice(2)) as number[];
const channelsOf = (x: Symbolic, format: Format): number => x.shape.at(format === 'channelsLast' ? -1 : 1) as number;

/**
 * A window that fits: tfjs takes no stride beside a dilation, and `valid` no more than the image. Over volumes, `same`
 * with a kernel smaller than its stride is left out: there tfjs 4.22 on its own backends pads by less than nothing.
 */
function fitting(sizes: readonly number[], { kernel, stride, dilation, padding }: Window) {
  const kernelSize = sizes.map((size, i) => Math.min(kernel[i] as number, padding === 'valid' ? size : 3));
  const strides = sizes.map((_, i) => {
    const cut = sizes.length === 3 && padding === 'same';
    return Math.min(stride[i] as number, cut ? (kernelSize[i] as number) : Number.POSITIVE_INFINITY);
  });
  const dilationRate = sizes.map((size, i) => {
    const fits = padding === 'same' || ((kernelSize[i] as number) - 1) * (dilation[i] as number) < size;
    return strides.every((step) => step === 1) && fits ? (dilation[i] as number) : 1;
  });
  return { kernelSize, strides, dilationRate, padding };
}

/** The member of the union that a kind belongs to. */
type StepOf<K extends Kind, S extends Step = Step> = S extends Step ? (K extends S['kind'] ? S : never) : never;
type Builders = { readonly [K in Kind]: (x: Symbolic, step: StepOf<K>, stack: Stack) => Symbolic };

const apply = (layer: Layer, x: Symbolic | Symbolic[]): Symbolic => layer.apply(x) as Symbolic;

/** A 1×1 convolution. */
const pointwise = (x: Symbolic, filters: number, { rank, format }: Stack): Symbolic =>
  apply((convolutions[rank] as Constructor)({ filters, kernelSize: Array(rank).fill(1), dataFormat: format }), x);

const pooling =
  (constructors: Readonly<Record<Rank, unknown>>) =>
  (x: Symbolic, { window }: { readonly window: Window }, { rank, format }: Stack): Symbolic => {
    const { kernelSize, strides, padding } = fitting(sizesOf(x, format), window);
    const args = { poolSize: kernelSize, strides, padding, ...(rank > 1 && { dataFormat: format }) };
    return apply((constructors[rank] as Constructor)(args), x);
  };

/** With a square stride: what tfjs can do depthwise. */
const square = ({ strides, ...rest }: ReturnType<typeof fitting>) => ({
  ...rest,
  strides: strides.map(() => strides[0] as number),
});

const builders: Builders = {
  convolution(x, { window, filters, useBias }, { rank, format }) {
    const args = { filters, useBias, ...fitting(sizesOf(x, format), window), dataFormat: format };
    return apply((convolutions[rank] as Constructor)(args), x);
  },
  transposed(x, { window, filters, useBias }, { rank, format }) {
    const { kernelSize, strides, padding } = fitting(sizesOf(x, format), window);
    const args = { filters, useBias, kernelSize, strides, padding, dataFormat: format };
    return apply((transposed[rank as 2 | 3] as Constructor)(args), x);
  },
  depthwise(x, { window, filters, useBias }, { format }) {
    const { kernelSize, strides, padding } = square(fitting(sizesOf(x, format), window));
    const args = { kernelSize, strides, padding, useBias, dataFormat: format, depthMultiplier: Math.min(filters, 2) };
    return apply((layers.depthwiseConv2d as Constructor)(args), x);
  },
  separable(x, { window, filters, useBias }, { format }) {
    const { kernelSize, strides, padding } = square(fitting(sizesOf(x, format), window));
    const args = { filters, kernelSize, strides, padding, useBias, activation: 'tanh' };
    return apply((layers.separableConv2d as Constructor)(args), x);
  },
  maxPooling: pooling(maxPooling),
  averagePooling: pooling(averagePooling),
  activation: (x, { activation }) => apply(layers.activation({ activation: activation as 'relu' }), x),
  rectifier: (x, { rectifier }) => apply(rectifiers[rectifier](), x),
  normalization: (x) => apply(layers.batchNormalization({}), x),
  // A larger ε than usual: several in a row must not magnify what is rounding.
  layerNormalization: (x) => apply(layers.layerNormalization({ epsilon: 0.1 }), x),
  dense: (x) => apply(layers.dense({ units: 3, activation: 'tanh' }), x),
  merge(x, { merge }, stack) {
    return apply(mergers[merge](), [x, pointwise(x, channelsOf(x, stack.format), stack)]);
  },
  gate(x, _, stack) {
    const share = pointwise(x, channelsOf(x, stack.format), stack);
    return apply(layers.multiply(), [x, apply(layers.activation({ activation: 'sigmoid' }), share)]);
  },
  nested(x, { twice }, stack) {
    const inputs = tfl.input({ shape: x.shape.slice(1) });
    const branch = apply(
      layers.activation({ activation: 'tanh' }),
      pointwise(inputs, channelsOf(x, stack.format), stack),
    );
    const inner = tfl.model({ inputs, outputs: apply(layers.add(), [inputs, branch]) });
    const once = inner.apply(x) as Symbolic;
    return twice ? apply(layers.average(), [once, inner.apply(once) as Symbolic]) : once;
  },
  wrapped(x, _, { rank }) {
    const inner = {
      1: () => layers.dense({ units: 3 }),
      2: () => layers.conv1d({ filters: 2, kernelSize: 2, padding: 'same' }),
      3: () => layers.conv2d({ filters: 2, kernelSize: 2, padding: 'same' }),
    }[rank]();
    return apply(layers.timeDistributed({ layer: inner }), x);
  },
  recurrent(x, { recurrent, filters }) {
    return apply(recurrences[recurrent]({ units: filters, returnSequences: true }) as Layer, x);
  },
  permute(x, { order }) {
    const axes = order.filter((axis) => axis < x.shape.length);
    return apply(layers.permute({ dims: axes }), x);
  },
  reshape: (x) => apply(layers.reshape({ targetShape: x.shape.slice(1).toReversed() }), x),
  concatenation(x, { filters }, stack) {
    const axis = stack.format === 'channelsLast' ? -1 : 1;
    return apply(layers.concatenate({ axis }), [x, pointwise(x, filters, stack)]);
  },
  upSampling(x, { size, bilinear }, { format }) {
    const interpolation = bilinear ? 'bilinear' : 'nearest';
    return apply(layers.upSampling2d({ size: [...size], dataFormat: format, interpolation }), x);
  },
  cropping(x, { size }, { format }) {
    const cropping = sizesOf(x, format).map((old, i): [number, number] => {
      const before = Math.min((size[i] as number) - 1, old - 1);
      return [before, Math.min(1, old - 1 - before)];
    });
    return apply(
      layers.cropping2D({ cropping: cropping as [[number, number], [number, number]], dataFormat: format }),
      x,
    );
  },
  zeroPadding(x, { size }, { format }) {
    const [before, after] = size;
    const padding: [[number, number], [number, number]] = [
      [before, after],
      [after, before],
    ];
    return apply(layers.zeroPadding2d({ padding, dataFormat: format }), x);
  },
};

const globalPools = {
  1: { globalAverage: layers.globalAveragePooling1d, globalMax: layers.globalMaxPooling1d },
  2: { globalAverage: layers.globalAveragePooling2d, globalMax: layers.globalMaxPooling2d },
} as const;

/** The end of a stack; what tfjs has not over volumes is a Flatten. */
function ended(x: Symbolic, { rank, format, end }: Stack): Symbolic {
  if (end === 'none') return x;
  if (end === 'flatten' || rank === 3) return apply(layers.dense({ units: 2 }), apply(layers.flatten(), x));
  const args = rank === 2 ? { dataFormat: format } : {};
  return apply((globalPools[rank][end] as Constructor)(args), x);
}

export function buildStack(stack: Stack): tfl.LayersModel {
  const { sizes, channels, format } = stack;
  const inputs = tfl.input({ shape: format === 'channelsLast' ? [...sizes, channels] : [channels, ...sizes] });
  const body = stack.steps.reduce(
    (x, step) => (builders[step.kind] as Builders[typeof step.kind])(x, step as never, stack),
    inputs as Symbolic,
  );
  const output = ended(body, stack);
  return tfl.model({ name: 'stack', inputs, outputs: stack.tapped && body !== output ? [body, output] : output });
}

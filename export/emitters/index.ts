import { SennError } from '../../core/errors.ts';
import { describe, type Layer } from '../layers-model/layer.ts';
import { emitActivation } from './activation/activation.ts';
import { emitELU } from './activation/elu.ts';
import { emitLeakyReLU } from './activation/leaky-relu.ts';
import { emitPReLU } from './activation/prelu.ts';
import { emitReLU } from './activation/relu.ts';
import { emitSoftmax } from './activation/softmax.ts';
import { emitThresholdedReLU } from './activation/thresholded-relu.ts';
import { emitDense } from './basic/dense.ts';
import { emitIdentity } from './basic/identity.ts';
import { emitConv1D, emitConv2D, emitConv3D } from './convolution/conv.ts';
import { emitConv2DTranspose, emitConv3DTranspose } from './convolution/conv-transpose.ts';
import { emitDepthwiseConv2D } from './convolution/depthwise-conv2d.ts';
import { emitSeparableConv2D } from './convolution/separable-conv2d.ts';
import type { Emitter } from './emitter.ts';
import { emitCenterCrop } from './image/center-crop.ts';
import { emitCropping2D } from './image/cropping2d.ts';
import { emitResizing } from './image/resizing.ts';
import { emitUpSampling2D } from './image/up-sampling2d.ts';
import { emitZeroPadding2D } from './image/zero-padding2d.ts';
import { emitConcatenate } from './merge/concatenate.ts';
import { emitDot } from './merge/dot.ts';
import { emitAdd, emitAverage, emitMaximum, emitMinimum, emitMultiply } from './merge/merge.ts';
import { emitBatchNormalization } from './normalization/batch-normalization.ts';
import { emitFeatureScaling } from './normalization/feature-scaling.ts';
import { emitLayerNormalization } from './normalization/layer-normalization.ts';
import { emitRescaling } from './normalization/rescaling.ts';
import {
  emitGlobalAveragePooling1D,
  emitGlobalAveragePooling2D,
  emitGlobalMaxPooling1D,
  emitGlobalMaxPooling2D,
} from './pooling/global-pooling.ts';
import {
  emitAveragePooling1D,
  emitAveragePooling2D,
  emitAveragePooling3D,
  emitMaxPooling1D,
  emitMaxPooling2D,
  emitMaxPooling3D,
} from './pooling/pooling.ts';
import { emitPrototypeSimilarity } from './prototype-dnn/prototype-similarity.ts';
import { emitStaticRelevances } from './prototype-dnn/static-relevances.ts';
import { emitBidirectional } from './recurrent/bidirectional.ts';
import { emitConvLSTM2D } from './recurrent/conv-lstm2d.ts';
import { emitRecurrent } from './recurrent/recurrent.ts';
import { emitTimeDistributed } from './recurrent/time-distributed.ts';
import { emitFlatten } from './shape/flatten.ts';
import { emitPermute } from './shape/permute.ts';
import { emitRepeatVector } from './shape/repeat-vector.ts';
import { emitReshape } from './shape/reshape.ts';
import { emitCategoryEncoding } from './tokens/category-encoding.ts';
import { emitEmbedding } from './tokens/embedding.ts';
import { emitMasking } from './tokens/masking.ts';

/** By tfjs's class name; FeatureScaling is the project's own. InputLayer and nested models are the walker's. */
export const emitters = {
  Activation: emitActivation,
  Add: emitAdd,
  AlphaDropout: emitIdentity,
  Average: emitAverage,
  AveragePooling1D: emitAveragePooling1D,
  AveragePooling2D: emitAveragePooling2D,
  AveragePooling3D: emitAveragePooling3D,
  BatchNormalization: emitBatchNormalization,
  Bidirectional: emitBidirectional,
  CategoryEncoding: emitCategoryEncoding,
  CenterCrop: emitCenterCrop,
  Concatenate: emitConcatenate,
  Conv1D: emitConv1D,
  Conv2D: emitConv2D,
  Conv2DTranspose: emitConv2DTranspose,
  Conv3D: emitConv3D,
  Conv3DTranspose: emitConv3DTranspose,
  ConvLSTM2D: emitConvLSTM2D,
  Cropping2D: emitCropping2D,
  Dense: emitDense,
  DepthwiseConv2D: emitDepthwiseConv2D,
  Dot: emitDot,
  Dropout: emitIdentity,
  ELU: emitELU,
  Embedding: emitEmbedding,
  FeatureScaling: emitFeatureScaling,
  Flatten: emitFlatten,
  GRU: emitRecurrent,
  GaussianDropout: emitIdentity,
  GaussianNoise: emitIdentity,
  GlobalAveragePooling1D: emitGlobalAveragePooling1D,
  GlobalAveragePooling2D: emitGlobalAveragePooling2D,
  GlobalMaxPooling1D: emitGlobalMaxPooling1D,
  GlobalMaxPooling2D: emitGlobalMaxPooling2D,
  LSTM: emitRecurrent,
  LayerNormalization: emitLayerNormalization,
  LeakyReLU: emitLeakyReLU,
  Masking: emitMasking,
  MaxPooling1D: emitMaxPooling1D,
  MaxPooling2D: emitMaxPooling2D,
  MaxPooling3D: emitMaxPooling3D,
  Maximum: emitMaximum,
  Minimum: emitMinimum,
  Multiply: emitMultiply,
  PReLU: emitPReLU,
  Permute: emitPermute,
  PrototypeSimilarity: emitPrototypeSimilarity,
  RNN: emitRecurrent,
  ReLU: emitReLU,
  RepeatVector: emitRepeatVector,
  Rescaling: emitRescaling,
  Reshape: emitReshape,
  Resizing: emitResizing,
  SeparableConv2D: emitSeparableConv2D,
  SimpleRNN: emitRecurrent,
  Softmax: emitSoftmax,
  SpatialDropout1D: emitIdentity,
  StaticRelevances: emitStaticRelevances,
  ThresholdedReLU: emitThresholdedReLU,
  TimeDistributed: emitTimeDistributed,
  UpSampling2D: emitUpSampling2D,
  ZeroPadding2D: emitZeroPadding2D,
} as const satisfies Record<string, Emitter>;

export type SupportedLayer = keyof typeof emitters;

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
 * @param own emitters by class name, before the exporter's
 * @throws unsupported_layer
 */
export function emitterOf(layer: Layer, own: Readonly<Record<string, Emitter>>): Emitter {
  const className = layer.getClassName();
  const tables: Readonly<Record<string, Emitter>>[] = [own, emitters];
  const table = tables.find((candidate) => Object.hasOwn(candidate, className));
  if (table !== undefined) return table[className] as Emitter;
  const supported = Object.keys({ ...emitters, ...own });
  const reason: string = Object.hasOwn(refusals, className)
    ? refusals[className as keyof typeof refusals]
    : `has no emitter; give one as an option, emitters: { ${className}: … }, or choose from ${supported.join(', ')}`;
  throw new SennError('unsupported_layer', `${describe(layer)}: ${reason}`, {
    layer: layer.name,
    className,
    supported,
  });
}

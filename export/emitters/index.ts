import { SennError } from '../../core/errors.ts';
import { describe, type Layer } from '../layer.ts';
import { emitActivation } from './activation.ts';
import { emitAdd } from './add.ts';
import { emitBatchNormalization } from './batch-normalization.ts';
import { emitConcatenate } from './concatenate.ts';
import { emitConv2D } from './conv2d.ts';
import { emitConv2DTranspose } from './conv2d-transpose.ts';
import { emitDense } from './dense.ts';
import { emitDropout } from './dropout.ts';
import type { Emitter } from './emitter.ts';
import { emitFlatten } from './flatten.ts';
import { emitAveragePooling2D, emitMaxPooling2D } from './pooling2d.ts';
import { emitReshape } from './reshape.ts';
import { emitUpSampling2D } from './up-sampling2d.ts';

/** tfjs's class names of the layers that can be exported. InputLayer and nested models are the walker's. */
export type SupportedLayer =
  | 'Activation'
  | 'Add'
  | 'AveragePooling2D'
  | 'BatchNormalization'
  | 'Concatenate'
  | 'Conv2D'
  | 'Conv2DTranspose'
  | 'Dense'
  | 'Dropout'
  | 'Flatten'
  | 'MaxPooling2D'
  | 'Reshape'
  | 'UpSampling2D';

const emitters = {
  Activation: emitActivation,
  Add: emitAdd,
  AveragePooling2D: emitAveragePooling2D,
  BatchNormalization: emitBatchNormalization,
  Concatenate: emitConcatenate,
  Conv2D: emitConv2D,
  Conv2DTranspose: emitConv2DTranspose,
  Dense: emitDense,
  Dropout: emitDropout,
  Flatten: emitFlatten,
  MaxPooling2D: emitMaxPooling2D,
  Reshape: emitReshape,
  UpSampling2D: emitUpSampling2D,
} satisfies Record<SupportedLayer, Emitter>;

/** @throws unsupported_layer */
export function emitterOf(layer: Layer): Emitter {
  const found = Object.entries(emitters).find(([className]) => className === layer.getClassName());
  if (found === undefined) {
    const supported = Object.keys(emitters);
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: cannot be exported; choose from ${supported.join(', ')}`,
      { layer: layer.name, className: layer.getClassName(), supported },
    );
  }
  return found[1];
}

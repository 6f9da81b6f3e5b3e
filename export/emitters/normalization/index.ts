import type { LayerRow } from '../layer-row.ts';
import { emitBatchNormalization } from './batch-normalization.ts';
import { emitCentering } from './centering.ts';
import { emitFeatureScaling } from './feature-scaling.ts';
import { emitLayerNormalization } from './layer-normalization.ts';
import { emitRescaling } from './rescaling.ts';

/** Layers that shift and scale: by moments, by the sample itself, or by fixed numbers. */
export const normalizationLayers = {
  BatchNormalization: {
    emit: emitBatchNormalization,
    operators: ['BatchNormalization', 'Mul', 'Add'],
    note: 'Mul and Add where the axis is not that of the channels; there it is the definition, which tfjs 4.22 misses',
  },
  Centering: {
    emit: emitCentering,
    operators: ['ReduceMean', 'Sub'],
    note: 'a layer of this project: without its mean along the last axis',
  },
  FeatureScaling: {
    emit: emitFeatureScaling,
    operators: ['Add', 'Div', 'Mul', 'Relu', 'Sqrt', 'Sub', 'Where'],
    note: 'a layer of this project; only the operators that its features need',
  },
  LayerNormalization: {
    emit: emitLayerNormalization,
    operators: ['LayerNormalization', 'ReduceMean', 'Sub', 'Mul', 'Add', 'Sqrt', 'Div'],
    note: 'one operator over trailing axes, composed over others',
  },
  Rescaling: { emit: emitRescaling, operators: ['Mul', 'Add'] },
} as const satisfies Record<string, LayerRow>;

import { anyType, type LayerRow, numbers } from '../layer-row.ts';
import { activationOperators } from './activate.ts';
import { emitActivation } from './activation.ts';
import { emitELU } from './elu.ts';
import { emitLeakyReLU } from './leaky-relu.ts';
import { emitPReLU } from './prelu.ts';
import { emitReLU } from './relu.ts';
import { emitSoftmax } from './softmax.ts';
import { emitThresholdedReLU } from './thresholded-relu.ts';

/** Activations that are layers of their own; those of other layers are written by `activate`. */
export const activationLayers = {
  Activation: {
    emit: emitActivation,
    takes: anyType,
    operators: activationOperators,
    note: 'one operator, or the composition of its definition',
  },
  ELU: { emit: emitELU, operators: ['Elu'] },
  LeakyReLU: { emit: emitLeakyReLU, operators: ['LeakyRelu'] },
  PReLU: { emit: emitPReLU, operators: ['PRelu'], note: 'the slopes lie as the input does' },
  ReLU: { emit: emitReLU, takes: numbers, operators: ['Relu', 'Clip'] },
  Softmax: {
    emit: emitSoftmax,
    operators: ['Softmax', 'ReduceLogSumExp', 'Sub', 'Exp'],
    note: 'composed over several axes together',
  },
  ThresholdedReLU: { emit: emitThresholdedReLU, operators: ['ThresholdedRelu'] },
} as const satisfies Record<string, LayerRow>;

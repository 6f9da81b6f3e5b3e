import { type LayerRow, numbers } from '../layer-row.ts';
import {
  emitGlobalAveragePooling1D,
  emitGlobalAveragePooling2D,
  emitGlobalMaxPooling1D,
  emitGlobalMaxPooling2D,
} from './global-pooling.ts';
import {
  emitAveragePooling1D,
  emitAveragePooling2D,
  emitAveragePooling3D,
  emitMaxPooling1D,
  emitMaxPooling2D,
  emitMaxPooling3D,
} from './pooling.ts';

/** Pooling, over windows and over everything. */
export const poolingLayers = {
  AveragePooling1D: { emit: emitAveragePooling1D, operators: ['AveragePool'], note: 'the padding does not count' },
  AveragePooling2D: { emit: emitAveragePooling2D, operators: ['AveragePool'], note: 'the padding does not count' },
  AveragePooling3D: { emit: emitAveragePooling3D, operators: ['AveragePool'], note: 'the padding does not count' },
  GlobalAveragePooling1D: { emit: emitGlobalAveragePooling1D, operators: ['ReduceMean'] },
  GlobalAveragePooling2D: { emit: emitGlobalAveragePooling2D, operators: ['ReduceMean'] },
  GlobalMaxPooling1D: { emit: emitGlobalMaxPooling1D, takes: numbers, operators: ['ReduceMax'] },
  GlobalMaxPooling2D: { emit: emitGlobalMaxPooling2D, takes: numbers, operators: ['ReduceMax'] },
  MaxPooling1D: { emit: emitMaxPooling1D, takes: numbers, operators: ['MaxPool'] },
  MaxPooling2D: { emit: emitMaxPooling2D, takes: numbers, operators: ['MaxPool'] },
  MaxPooling3D: { emit: emitMaxPooling3D, operators: ['MaxPool'] },
} as const satisfies Record<string, LayerRow>;

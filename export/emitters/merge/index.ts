import type { LayerRow } from '../layer-row.ts';
import { emitConcatenate } from './concatenate.ts';
import { emitDot } from './dot.ts';
import { emitAdd, emitAverage, emitMaximum, emitMinimum, emitMultiply } from './merge.ts';

/** Layers that make one value of several. */
export const mergeLayers = {
  Add: { emit: emitAdd, operators: ['Add'] },
  Average: { emit: emitAverage, operators: ['Mean'] },
  Concatenate: { emit: emitConcatenate, operators: ['Concat'], note: 'refused along the batch' },
  Dot: {
    emit: emitDot,
    operators: ['MatMul', 'Mul', 'ReduceSum', 'Max', 'Sqrt', 'Div'],
    note: 'Div and what it needs to normalize',
  },
  Maximum: { emit: emitMaximum, operators: ['Max'] },
  Minimum: { emit: emitMinimum, operators: ['Min'] },
  Multiply: { emit: emitMultiply, operators: ['Mul'] },
} as const satisfies Record<string, LayerRow>;

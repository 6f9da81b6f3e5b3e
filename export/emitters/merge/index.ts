import { anyType, type LayerRow, numbers } from '../layer-row.ts';
import { emitConcatenate } from './concatenate.ts';
import { emitDot } from './dot.ts';
import { emitAdd, emitAverage, emitMaximum, emitMinimum, emitMultiply } from './merge.ts';

/** Layers that make one value of several. */
export const mergeLayers = {
  Add: { emit: emitAdd, takes: numbers, operators: ['Add'] },
  Average: { emit: emitAverage, operators: ['Mean'] },
  Concatenate: {
    emit: emitConcatenate,
    takes: anyType,
    operators: ['Concat'],
    note: 'refused along the batch; its first input says of which element type all become',
  },
  Dot: {
    emit: emitDot,
    takes: numbers,
    operators: ['MatMul', 'Mul', 'ReduceSum', 'Max', 'Sqrt', 'Div'],
    note: 'Div and what it needs to normalize',
  },
  Maximum: { emit: emitMaximum, takes: numbers, operators: ['Max'] },
  Minimum: { emit: emitMinimum, takes: numbers, operators: ['Min'] },
  Multiply: { emit: emitMultiply, takes: numbers, operators: ['Mul'] },
} as const satisfies Record<string, LayerRow>;

import { anyType, type LayerRow } from '../layer-row.ts';
import { emitFlatten } from './flatten.ts';
import { emitPermute } from './permute.ts';
import { emitRepeatVector } from './repeat-vector.ts';
import { emitReshape } from './reshape.ts';

/** Layers that give elements another shape or order, and change none. */
export const shapeLayers = {
  Flatten: { emit: emitFlatten, takes: anyType, operators: [], note: 'elements in the order of tfjs' },
  Permute: {
    emit: emitPermute,
    takes: anyType,
    operators: [],
    note: 'nothing moves where one of the two layouts has it so already',
  },
  RepeatVector: { emit: emitRepeatVector, takes: anyType, operators: ['Expand'] },
  Reshape: { emit: emitReshape, takes: anyType, operators: [] },
} as const satisfies Record<string, LayerRow>;

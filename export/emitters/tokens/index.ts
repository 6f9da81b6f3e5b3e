import { type LayerRow, numbers } from '../layer-row.ts';
import { emitCategoryEncoding } from './category-encoding.ts';
import { emitEmbedding } from './embedding.ts';
import { emitMasking } from './masking.ts';

/** Layers over whole numbers: tokens and masks. */
export const tokenLayers = {
  CategoryEncoding: {
    emit: emitCategoryEncoding,
    takes: numbers,
    operators: ['Cast', 'OneHot', 'ReduceMax', 'ReduceSum'],
    note: 'multiHot, count, oneHot of `[n]` tokens; refused right behind the input, whose shape tfjs 4.22 overwrites',
  },
  Embedding: {
    emit: emitEmbedding,
    takes: numbers,
    operators: ['Cast', 'Gather'],
    note: 'whole numbers: int32 where the input is, else float32',
  },
  Masking: {
    emit: emitMasking,
    takes: numbers,
    operators: ['Equal', 'Not', 'Cast', 'ReduceMax', 'Mul'],
    note: 'zeros out; refused in one model with a layer that reads masks (recurrent layers, Softmax)',
  },
} as const satisfies Record<string, LayerRow>;

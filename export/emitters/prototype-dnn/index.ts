import { anyType, type LayerRow } from '../layer-row.ts';
import { emitPrototypeSimilarity } from './prototype-similarity.ts';
import { emitStaticRelevances } from './static-relevances.ts';

/** The layers of a PrototypeDNN, which are this project's own (training/kinds/prototype-dnn). */
export const prototypeDnnLayers = {
  PrototypeSimilarity: {
    emit: emitPrototypeSimilarity,
    operators: ['Mul', 'ReduceSum', 'Gemm', 'Add', 'Relu', 'Neg'],
    note: 'a layer of this project: squared distances by one matrix product',
  },
  StaticRelevances: {
    emit: emitStaticRelevances,
    takes: anyType,
    operators: ['Shape', 'Concat', 'Expand'],
    note: 'a layer of this project: of its input it takes the batch only',
  },
} as const satisfies Record<string, LayerRow>;

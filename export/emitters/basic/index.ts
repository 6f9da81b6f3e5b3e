import { activated, anyType, type LayerRow } from '../layer-row.ts';
import { emitDense } from './dense.ts';
import { emitIdentity } from './identity.ts';

const passedOn = {
  emit: emitIdentity,
  takes: anyType,
  operators: [],
  note: 'nothing: it passes its input on in evaluation',
} as const;

/** Dense, and the layers that do nothing in evaluation. */
export const basicLayers = {
  AlphaDropout: passedOn,
  Dense: { emit: emitDense, operators: ['Gemm', 'MatMul', 'Add'], note: `Gemm for vectors${activated}` },
  Dropout: passedOn,
  GaussianDropout: passedOn,
  GaussianNoise: passedOn,
  SpatialDropout1D: passedOn,
} as const satisfies Record<string, LayerRow>;

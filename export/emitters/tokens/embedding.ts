import { z } from 'zod';
import { int } from '../../graph/attributes.ts';
import { toTfjs } from '../../graph/layout.ts';
import { configOf, weightOf } from '../../layers-model/layer.ts';
import { dataType } from '../../onnx/proto.ts';
import type { Emitter } from '../emitter.ts';

const embeddingConfig = z.object({ outputDim: z.int().positive() });

/** Embedding: row `trunc(x)` of the table `[inputDim, outputDim]`: `[batch, …]` → `[batch, …, outputDim]`. */
export const emitEmbedding: Emitter = ({ layer, inputs: [x], scope }) => {
  const { outputDim } = configOf(layer, embeddingConfig);
  const { shape, data } = weightOf(layer, 'embeddings');
  const input = toTfjs(scope, x);
  const indices = { dims: [scope.batch, ...x.shape], type: 'int64' } as const;
  const rows = scope.raw('Cast', [input], [indices], { to: int(dataType.int64) });
  const form = { shape: [...x.shape, outputDim], layout: 'tfjs' } as const;
  return scope.node('Gather', [scope.float32('embeddings', shape, data), ...rows], form, { axis: int(0) });
};

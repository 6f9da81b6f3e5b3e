import { z } from 'zod';
import { int } from '../../graph/attributes.ts';
import { toTfjs } from '../../graph/layout.ts';
import { configOf, weightOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

/** PrototypeSimilarity, a layer of this project, out of operators. */

const similarityConfig = z.object({ prototypes: z.int().positive() });

/**
 * The project's own PrototypeSimilarity (training/kinds/prototype-dnn): `−max(0, ‖z‖² − 2·z·pᵀ + ‖p‖²)`,
 * `[batch, D]` → `[batch, m]`. One Gemm makes the part that the prototypes are in.
 */
export const emitPrototypeSimilarity: Emitter = ({ layer, inputs: [x], scope }) => {
  const { prototypes } = configOf(layer, similarityConfig);
  const { shape, data } = weightOf(layer, 'prototypes');
  const width = shape[1] as number;
  const squares = Float32Array.from({ length: prototypes }, (_, j) =>
    data.subarray(j * width, (j + 1) * width).reduce((sum, value) => sum + value * value, 0),
  );
  const code = toTfjs(scope, x);
  const output = { shape: [prototypes], layout: 'tfjs' } as const;
  const points = scope.float32(
    'prototypes',
    shape,
    data.map((value) => -2 * value),
  );
  const products = scope.node('Gemm', [code, points, scope.float32('squares', [prototypes], squares)], output, {
    transB: int(1),
  });
  const own = reduce(scope, 'ReduceSum', scope.node('Mul', [code, code], code), { axes: [-1], keep: true });
  const distances = scope.node('Relu', [scope.node('Add', [own, products], output)], output);
  return scope.node('Neg', [distances], output);
};

import { z } from 'zod';
import { int } from '../../graph/attributes.ts';
import { configOf, weightOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** StaticRelevances, a layer of this project, out of operators. */

const size = z.int().positive();
const relevancesConfig = z.object({ concepts: size, classes: size });

/**
 * The project's own StaticRelevances (training/kinds/prototype-dnn): one matrix for every input, `[batch, …]` →
 * `[batch, K, C]`. Of the input it takes the size of the batch.
 */
export const emitStaticRelevances: Emitter = ({ layer, inputs: [x], scope }) => {
  const { concepts, classes } = configOf(layer, relevancesConfig);
  const matrix = scope.float32('relevances', [1, concepts, classes], weightOf(layer, 'relevances').data);
  const [batch] = scope.raw('Shape', [x], [{ dims: [1], type: 'int64' }], { start: int(0), end: int(1) }) as [string];
  const rest = scope.int64('sizes', [concepts, classes]);
  const [shape] = scope.raw('Concat', [batch, rest], [{ dims: [3], type: 'int64' }], { axis: int(0) }) as [string];
  return scope.node('Expand', [matrix, shape], { shape: [concepts, classes], layout: 'tfjs' });
};

import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int } from '../../graph/attributes.ts';
import { reshape } from '../../graph/layout.ts';
import type { Size } from '../../graph/size.ts';
import { configOf, describe } from '../../layers-model/layer.ts';
import { dataType } from '../../onnx/proto.ts';
import type { Emitter } from '../emitter.ts';
import { type Reduction, reduce } from '../shared/reduce.ts';

/** CategoryEncoding: tokens as rows of counts, or of zeros and ones. */

/** How the one-hot rows of a sample's tokens become one row. `oneHot` has one token. */
const modes = { multiHot: 'ReduceMax', count: 'ReduceSum', oneHot: undefined } as const satisfies Record<
  string,
  Reduction | undefined
>;
const names = Object.keys(modes) as [keyof typeof modes, ...(keyof typeof modes)[]];

const encodingConfig = z.object({
  numTokens: z.int().positive(),
  outputMode: z.enum(names, `must be one of ${names.join(', ')}`),
});

/** CategoryEncoding: tokens `[batch, n]`, whole numbers below `numTokens` → `[batch, numTokens]`. */
export const emitCategoryEncoding: Emitter = ({ layer, inputs: [x], scope }) => {
  const { numTokens, outputMode } = configOf(layer, encodingConfig);
  const [n] = x.shape as [Size];
  if (x.shape.length !== 1 || (outputMode === 'oneHot' && n !== 1)) {
    const expected = outputMode === 'oneHot' ? '[1]' : '[n]';
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: input [${x.shape.join(', ')}] must be ${expected} for outputMode "${outputMode}"`,
    );
  }
  const tokens = scope.raw('Cast', [x], [{ dims: [scope.batch, n], type: 'int64' }], { to: int(dataType.int64) });
  const operands = [...tokens, scope.int64('depth', numTokens), scope.float32('values', [2], [0, 1])];
  const rows = scope.node('OneHot', operands, { shape: [n, numTokens], layout: 'tfjs' }, { axis: int(-1) });
  const reduction = modes[outputMode];
  return reduction === undefined || n === 1
    ? reshape(scope, rows, [numTokens])
    : reduce(scope, reduction, rows, { axes: [1] });
};

import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { withConstant } from '../../graph/constants.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { shapeAlong, type Value } from '../../graph/value.ts';
import { configOf, describe } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** FeatureScaling, this project's own layer: inputs in the units of the data set, scaled inside the graph. */

const feature = z.object({ transform: z.enum(['linear', 'sqrt']), shift: z.number(), scale: z.number() });
const scalingConfig = z.object({ direction: z.enum(['scale', 'unscale']), features: z.array(feature).min(1) });
type Feature = z.infer<typeof feature>;

/** `transform(x)` for the features of the square-root scale, `x` for the others. */
function whereRooted(
  scope: Scope,
  x: Value,
  features: readonly Feature[],
  transform: (positive: Value) => Value,
): Value {
  const rooted = features.map((one) => one.transform === 'sqrt');
  if (!rooted.includes(true)) return x;
  const transformed = transform(scope.node('Relu', [x], x));
  if (!rooted.includes(false)) return transformed;
  return scope.node('Where', [scope.bool('rooted', shapeAlong(x, [-1]), rooted), transformed, x], x);
}

/**
 * The project's own FeatureScaling along the last axis (training/networks/feature-scaling.ts), one entry for all
 * features or one each: `scale` is (t(x) − shift)·scale, where t(x) is x or √max(x, 0); `unscale` its inverse.
 */
export const emitFeatureScaling: Emitter = ({ layer, inputs: [x], scope }) => {
  const { direction, features } = configOf(layer, scalingConfig);
  const width = fixedSize(x.shape.at(-1) as Size);
  if (features.length !== 1 && features.length !== width) {
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: ${features.length} features must be 1 or the ${width} of the last axis of [${x.shape.join(', ')}]`,
    );
  }
  const shifts = features.map(({ shift }) => shift);
  const scales = features.map(({ scale }) => scale);
  if (direction === 'scale') {
    const plain = whereRooted(scope, x, features, (positive) => scope.node('Sqrt', [positive], x));
    return withConstant(scope, 'Mul', withConstant(scope, 'Sub', plain, 'shift', shifts), 'scale', scales);
  }
  const plain = withConstant(scope, 'Add', withConstant(scope, 'Div', x, 'scale', scales), 'shift', shifts);
  return whereRooted(scope, plain, features, (positive) => scope.node('Mul', [positive, positive], x));
};

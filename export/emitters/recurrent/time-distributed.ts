import { SennError } from '../../../core/errors.ts';
import { measured, shapeOperand, toTfjs } from '../../graph/layout.ts';
import type { Size } from '../../graph/size.ts';
import { describe, type Layer } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** TimeDistributed: the inner layer on every step, `[batch, T, …]` folded to `[batch·T, …]` around it. */
export const emitTimeDistributed: Emitter = ({ layer, inputs: [x], scope, emit }) => {
  const inner = (layer as unknown as { readonly layer: Layer }).layer;
  const [T, ...shape] = x.shape as [Size, ...Size[]];
  const steps = scope.folded(T);
  const whole = toTfjs(scope, x);
  const operands = [whole, shapeOperand(scope, 'steps', [steps.batch, ...shape], [measured(scope, whole)])];
  const form = { shape, layout: 'tfjs', type: x.type } as const;
  const results = emit(inner, [steps.node('Reshape', operands, form)], steps.batch);
  const [result] = results;
  if (result === undefined || results.length > 1) {
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: ${describe(inner)} must have one output, not ${results.length}`,
    );
  }
  const each = toTfjs(steps, result);
  const sequence = [T, ...result.shape];
  const sources = [measured(steps, each), measured(scope, whole)] as const;
  const operand = shapeOperand(scope, 'sequence', [scope.batch, ...sequence], sources);
  return scope.node('Reshape', [each, operand], { shape: sequence, layout: 'tfjs', type: result.type });
};

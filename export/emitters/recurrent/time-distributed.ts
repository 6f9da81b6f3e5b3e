import { SennError } from '../../../core/errors.ts';
import { toTfjs } from '../../graph/layout.ts';
import { describe, type Layer } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** TimeDistributed: the inner layer on every step, `[batch, T, …]` folded to `[batch·T, …]` around it. */
export const emitTimeDistributed: Emitter = ({ layer, inputs: [x], scope, emit }) => {
  const inner = (layer as unknown as { readonly layer: Layer }).layer;
  const [T, ...shape] = x.shape as [number, ...number[]];
  const steps = scope.folded(T);
  const operands = [toTfjs(scope, x), scope.int64('steps', [-1, ...shape])];
  const results = emit(inner, [steps.node('Reshape', operands, { shape, layout: 'tfjs' })], steps.batch);
  const [result] = results;
  if (result === undefined || results.length > 1) {
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: ${describe(inner)} must have one output, not ${results.length}`,
    );
  }
  const sequence = [T, ...result.shape];
  return scope.node('Reshape', [toTfjs(steps, result), scope.int64('sequence', [-1, ...sequence])], {
    shape: sequence,
    layout: 'tfjs',
  });
};

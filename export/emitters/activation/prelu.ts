import { storedWeight, weightOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** PReLU: x where x ≥ 0, else α·x, with an α for each element; a shared axis has size one. */
export const emitPReLU: Emitter = ({ layer, inputs: [x], scope }) => {
  const { shape, data } = storedWeight(x, weightOf(layer, 'alpha'));
  return scope.node('PRelu', [x, scope.float32('alpha', shape, data)], x);
};

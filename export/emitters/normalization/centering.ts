import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

/** Centering, this project's own layer (training/networks/centering.ts): `x − mean(x)` along the last axis. */
export const emitCentering: Emitter = ({ inputs: [x], scope }) =>
  scope.node('Sub', [x, reduce(scope, 'ReduceMean', x, { axes: [-1], keep: true })], x);

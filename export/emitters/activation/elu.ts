import type { Emitter } from '../emitter.ts';
import { activate } from './activate.ts';

/** ELU: x where x ≥ 0, else eˣ − 1. tfjs has no layer with another α. */
export const emitELU: Emitter = ({ inputs: [x], scope }) => activate(scope, 'elu', x);

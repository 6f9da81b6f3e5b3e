import { z } from 'zod';
import { activate, activationName } from '../activations.ts';
import { configOf } from '../layer.ts';
import type { Emitter } from './emitter.ts';

const activationConfig = z.object({ activation: activationName });

export const emitActivation: Emitter = ({ layer, inputs: [x], scope }) =>
  activate(scope, configOf(layer, activationConfig).activation, x);

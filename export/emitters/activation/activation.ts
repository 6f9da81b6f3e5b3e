import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { activate, activationName } from './activate.ts';

/** Activation: one of the activations of tfjs as a layer of its own. */

const activationConfig = z.object({ activation: activationName });

export const emitActivation: Emitter = ({ layer, inputs: [x], scope }) =>
  activate(scope, configOf(layer, activationConfig).activation, x);

import { z } from 'zod';
import { toTfjs } from '../../graph/layout.ts';
import { configOf, weightOf } from '../../layers-model/layer.ts';
import { activate, activationName } from '../activation/activate.ts';
import type { Emitter } from '../emitter.ts';

const denseConfig = z.object({ units: z.int().positive(), activation: activationName, useBias: z.boolean() });

/** Dense over the last axis: Gemm for `[batch, in]`, else MatMul and Add. Kernel `[in, out]`. */
export const emitDense: Emitter = ({ layer, inputs: [x], scope }) => {
  const { units, activation, useBias } = configOf(layer, denseConfig);
  const { shape, data } = weightOf(layer, 'kernel');
  const kernel = scope.float32('kernel', shape, data);
  const bias = useBias ? scope.float32('bias', [units], weightOf(layer, 'bias').data) : undefined;
  const input = toTfjs(scope, x);
  const output = { shape: [...x.shape.slice(0, -1), units], layout: 'tfjs' } as const;
  if (x.shape.length === 1) {
    const gemm = scope.node('Gemm', bias === undefined ? [input, kernel] : [input, kernel, bias], output);
    return activate(scope, activation, gemm);
  }
  const product = scope.node('MatMul', [input, kernel], output);
  return activate(scope, activation, bias === undefined ? product : scope.node('Add', [product, bias], output));
};

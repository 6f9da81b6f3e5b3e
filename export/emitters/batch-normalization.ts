import { z } from 'zod';
import { float } from '../graph.ts';
import { configOf, weightOf } from '../layer.ts';
import { storedAxis } from '../layout.ts';
import type { Emitter } from './emitter.ts';

const normalizationConfig = z.object({
  axis: z.int(),
  epsilon: z.number(),
  center: z.boolean(),
  scale: z.boolean(),
});

/**
 * BatchNormalization with its moving moments: y = γ·(x − mean) / √(variance + ε) + β along one axis. ONNX's operator
 * works along axis 1; another axis takes a Mul and an Add, into which the four vectors are folded. (tfjs 4.22 itself is
 * wrong along any axis but the last: it cycles through the statistics along the last one.)
 */
export const emitBatchNormalization: Emitter = ({ layer, inputs: [x], scope }) => {
  const { axis, epsilon, center, scale } = configOf(layer, normalizationConfig);
  const mean = weightOf(layer, 'moving_mean').data;
  const variance = weightOf(layer, 'moving_variance').data;
  const gamma = scale ? weightOf(layer, 'gamma').data : mean.map(() => 1);
  const beta = center ? weightOf(layer, 'beta').data : mean.map(() => 0);
  const dims = [mean.length];
  const stored = storedAxis(x, axis);
  if (stored === 1) {
    const vectors = [
      scope.float32('gamma', dims, gamma),
      scope.float32('beta', dims, beta),
      scope.float32('moving_mean', dims, mean),
      scope.float32('moving_variance', dims, variance),
    ];
    return scope.node('BatchNormalization', [x, ...vectors], x, { epsilon: float(epsilon) });
  }
  const along = Array.from({ length: x.shape.length + 1 }, (_, i) => (i === stored ? mean.length : 1));
  const factor = gamma.map((value, i) => value / Math.sqrt((variance[i] as number) + epsilon));
  const offset = beta.map((value, i) => value - (mean[i] as number) * (factor[i] as number));
  const scaled = scope.node('Mul', [x, scope.float32('factor', along, factor)], x);
  return scope.node('Add', [scaled, scope.float32('offset', along, offset)], x);
};

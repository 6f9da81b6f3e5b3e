import { z } from 'zod';
import { float } from '../../graph/attributes.ts';
import { shapeAlong, storedAxis } from '../../graph/value.ts';
import { configOf, type Layer, oneAxis, weightOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

/** BatchNormalization as it is in evaluation, and its factor and offset, which the folding pass takes too. */

const normalizationConfig = z.object({
  axis: oneAxis,
  epsilon: z.number(),
  center: z.boolean(),
  scale: z.boolean(),
});

/** The axis that it normalises, as tfjs counts axes. @throws unsupported_layer */
export const normalizedAxis = (layer: Layer): number => configOf(layer, normalizationConfig).axis;

/** The weights of a BatchNormalization, without γ and β where it has none as ones and zeros: each `[channels]`. */
function vectorsOf(layer: Layer) {
  const { axis, epsilon, center, scale } = configOf(layer, normalizationConfig);
  const mean = weightOf(layer, 'moving_mean').data;
  const variance = weightOf(layer, 'moving_variance').data;
  const gamma = scale ? weightOf(layer, 'gamma').data : mean.map(() => 1);
  const beta = center ? weightOf(layer, 'beta').data : mean.map(() => 0);
  return { axis, epsilon, mean, variance, gamma, beta };
}

type Vectors = ReturnType<typeof vectorsOf>;

function affineOf({ epsilon, mean, variance, gamma, beta }: Vectors) {
  const factor = gamma.map((value, i) => value / Math.sqrt((variance[i] as number) + epsilon));
  const offset = beta.map((value, i) => value - (mean[i] as number) * (factor[i] as number));
  return { factor, offset };
}

/** What a BatchNormalization does, with its moving moments: x·factor + offset along its axis. */
export function normalizationOf(layer: Layer) {
  const vectors = vectorsOf(layer);
  return { axis: vectors.axis, ...affineOf(vectors) };
}

/**
 * BatchNormalization with its moving moments: y = γ·(x − mean) / √(variance + ε) + β along one axis. ONNX's operator
 * works along axis 1; another axis takes a Mul and an Add, into which the four vectors are folded. (tfjs 4.22 itself is
 * wrong along any axis but the last: it cycles through the statistics along the last one.)
 */
export const emitBatchNormalization: Emitter = ({ layer, inputs: [x], scope }) => {
  const vectors = vectorsOf(layer);
  const { axis, epsilon, mean, variance, gamma, beta } = vectors;
  const dims = [mean.length];
  if (storedAxis(x, axis) === 1) {
    const operands = [
      scope.float32('gamma', dims, gamma),
      scope.float32('beta', dims, beta),
      scope.float32('moving_mean', dims, mean),
      scope.float32('moving_variance', dims, variance),
    ];
    return scope.node('BatchNormalization', [x, ...operands], x, { epsilon: float(epsilon) });
  }
  const along = shapeAlong(x, [axis]);
  const { factor, offset } = affineOf(vectors);
  const scaled = scope.node('Mul', [x, scope.float32('factor', along, factor)], x);
  return scope.node('Add', [scaled, scope.float32('offset', along, offset)], x);
};

import { z } from 'zod';
import { float, int } from '../../graph/attributes.ts';
import { toTfjs } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize } from '../../graph/size.ts';
import { positiveAxis, type Value } from '../../graph/value.ts';
import { configOf, type Layer, storedWeight, weightOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

/** LayerNormalization, over any axes. */

const normalizationConfig = z.object({
  axis: z.union([z.int(), z.array(z.int())]),
  epsilon: z.number(),
  center: z.boolean(),
  scale: z.boolean(),
});

interface Normalization {
  /** Axes of tfjs, ascending. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** γ and β with an axis for each of the input's, as they lie in the graph; size one where not normalised. */
  readonly gamma: string | undefined;
  readonly beta: string | undefined;
}

/** The definition: y = γ·(x − mean) / √(variance + ε) + β, moments over any axes. */
function composed(scope: Scope, x: Value, { axes, epsilon, gamma, beta }: Normalization): Value {
  const centred = scope.node('Sub', [x, reduce(scope, 'ReduceMean', x, { axes, keep: true })], x);
  const variance = reduce(scope, 'ReduceMean', scope.node('Mul', [centred, centred], x), { axes, keep: true });
  const deviation = scope.node(
    'Sqrt',
    [scope.node('Add', [variance, scope.float32('epsilon', [], [epsilon])], variance)],
    variance,
  );
  const normal = scope.node('Div', [centred, deviation], x);
  const scaled = gamma === undefined ? normal : scope.node('Mul', [normal, gamma], x);
  return beta === undefined ? scaled : scope.node('Add', [scaled, beta], x);
}

/** The name of γ or β over the axes that are normalised, with ones for the others where `full`. */
function parameter(layer: Layer, scope: Scope, x: Value, name: string, axes: readonly number[], full: boolean): string {
  const { shape: own, data } = weightOf(layer, name);
  if (!full) return scope.float32(name, own, data);
  const along = x.shape.map((size, i) => (axes.includes(i + 1) ? fixedSize(size) : 1));
  const { shape, data: stored } = storedWeight(x, { shape: along, data });
  return scope.float32(name, shape, stored);
}

/**
 * LayerNormalization over axes of each sample. ONNX's operator takes the trailing axes as they stand: all of them, in
 * any layout, or the last ones of tfjs; other axes are composed.
 */
export const emitLayerNormalization: Emitter = ({ layer, inputs: [input], scope }) => {
  const { axis, epsilon, center, scale } = configOf(layer, normalizationConfig);
  const axes = [axis]
    .flat()
    .map((one) => positiveAxis(input, one))
    .sort((a, b) => a - b);
  const [first] = axes as [number];
  const rank = input.shape.length;
  const trailing = axes.length === rank + 1 - first;
  const x = trailing && first > 1 ? toTfjs(scope, input) : input;
  const named = (name: string) => parameter(layer, scope, x, name, axes, !trailing || first === 1);
  const gamma = scale ? named('gamma') : undefined;
  const beta = center ? named('beta') : undefined;
  if (!trailing) return composed(scope, x, { axes, epsilon, gamma, beta });
  const dims = x.shape.slice(first - 1).map(fixedSize);
  const ones = () => scope.float32('gamma', dims, Array<number>(dims.reduce((a, b) => a * b)).fill(1));
  return scope.node('LayerNormalization', [x, gamma ?? ones(), ...(beta === undefined ? [] : [beta])], x, {
    axis: int(first),
    epsilon: float(epsilon),
  });
};

import { fixedSize, product } from '../../graph/size.ts';
import { NoRule } from '../no-rule.ts';
import type { Rule } from '../rule.ts';
import { floatOf, intOf } from '../shared/attributes.ts';
import { reshaped, summed } from '../shared/shapes.ts';

/** Normalisations, as they are in evaluation. */

const CONSTANT = 'its parameters depend on the input';

/** With moments that are fixed it is linear: γ / √(variance + ε) along axis 1. */
const batchNormalization: Rule = ({ node, x, dy: [dy], wants, build }) => {
  if ([1, 2, 3, 4].some(wants)) throw new NoRule(CONSTANT);
  const [input, gamma, , , variance] = x as [string, string, string, string, string];
  const own = build.dims(variance);
  const epsilon = build.float32('epsilon', [], [floatOf(node, 'epsilon', 1e-5)]);
  const deviation = build.op('Sqrt', [build.op('Add', [variance, epsilon], own)], own);
  const factor = build.op('Div', [gamma, deviation], own);
  const dims = build.dims(input);
  const along = reshaped(build, factor, [...own, ...Array<number>(dims.length - 2).fill(1)]);
  return [build.op('Mul', [dy as string, along], dims)];
};

/**
 * y = γ·n + β, n = (x − mean)/σ over the trailing axes: dx = (g − mean(g) − n·mean(g·n))/σ with g = γ·dy
 * (Ba, Kiros & Hinton 2016, arXiv 1607.06450).
 */
const layerNormalization: Rule = ({ node, x: [x, gamma], dy: [dy], wants, build }) => {
  if (wants(1) || wants(2)) throw new NoRule(CONSTANT);
  const dims = build.dims(x as string);
  const axis = intOf(node, 'axis', -1);
  const axes = dims.map((_, i) => i).slice(axis < 0 ? axis + dims.length : axis);
  const share = build.float32('share', [], [1 / fixedSize(product(axes.map((i) => dims[i] as number)))]);
  const epsilon = build.float32('epsilon', [], [floatOf(node, 'epsilon', 1e-5)]);
  const small = dims.map((size, i) => (axes.includes(i) ? 1 : size));
  const full = (opType: string, ...operands: string[]) => build.op(opType, operands, dims);
  const mean = (value: string) => build.op('Mul', [summed(build, value, axes, true), share], small);
  const centred = full('Sub', x as string, mean(x as string));
  const variance = build.op('Add', [mean(full('Mul', centred, centred)), epsilon], small);
  const deviation = build.op('Sqrt', [variance], small);
  const normal = full('Div', centred, deviation);
  const g = full('Mul', dy as string, gamma as string);
  const rest = full('Sub', full('Sub', g, mean(g)), full('Mul', normal, mean(full('Mul', g, normal))));
  return [full('Div', rest, deviation)];
};

export const normalizationRules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
} as const satisfies Record<string, Rule>;

import { float, int, ints } from '../../graph/attributes.ts';
import type { Builder } from '../builder.ts';
import { NoRule } from '../no-rule.ts';
import type { Rule } from '../rule.ts';
import { floatOf, intOf } from '../shared/attributes.ts';
import { broadcastDims, unbroadcast } from '../shared/shapes.ts';

/** Products of matrices. */

/** y = α·A′B′ + β·C, where A′ is A or its transpose: dA′ = α·dy·B′ᵀ, dB′ = α·A′ᵀ·dy. */
const gemm: Rule = ({ node, x, dy: [dy], wants, build }) => {
  const [a, b, c] = x as [string, string, string?];
  const [transA, transB] = [intOf(node, 'transA', 0), intOf(node, 'transB', 0)];
  const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1)];
  const product = (left: string, right: string, transposed: readonly [number, number], like: string): string =>
    build.op('Gemm', [left, right], build.dims(like), {
      ...{ alpha: float(alpha), transA: int(transposed[0]), transB: int(transposed[1]) },
    });
  const cotangent = dy as string;
  const ofC = (): string => {
    const own = unbroadcast(build, cotangent, c as string);
    return beta === 1 ? own : build.op('Mul', [own, build.float32('beta', [], [beta])], build.dims(c as string));
  };
  return [
    wants(0) ? (transA ? product(b, cotangent, [transB, 1], a) : product(cotangent, b, [0, 1 - transB], a)) : undefined,
    wants(1) ? (transB ? product(cotangent, a, [1, transA], b) : product(a, cotangent, [1 - transA, 0], b)) : undefined,
    wants(2) ? ofC() : undefined,
  ];
};

/** A matrix of each sample with its two axes changed. */
function transposed(build: Builder, value: string): string {
  const dims = build.dims(value);
  const order = dims.map((_, i) => i);
  const perm = [...order.slice(0, -2), dims.length - 1, dims.length - 2];
  return build.op(
    'Transpose',
    [value],
    perm.map((axis) => dims[axis] as number | string),
    { perm: ints(perm) },
  );
}

/** y = AB over all axes but the last two, with broadcasting: dA = dy·Bᵀ, dB = Aᵀ·dy. */
const matMul: Rule = ({ x, dy: [dy], wants, build }) => {
  const [a, b] = x as [string, string];
  if (build.dims(a).length < 2 || build.dims(b).length < 2) throw new NoRule('an operand is a vector');
  const product = (left: string, right: string): string => {
    const [l, r] = [build.dims(left), build.dims(right)];
    const dims = [...broadcastDims(l.slice(0, -2), r.slice(0, -2)), l.at(-2) as number, r.at(-1) as number];
    return build.op('MatMul', [left, right], dims);
  };
  return [
    wants(0) ? unbroadcast(build, product(dy as string, transposed(build, b)), a) : undefined,
    wants(1) ? unbroadcast(build, product(transposed(build, a), dy as string), b) : undefined,
  ];
};

export const productRules = { Gemm: gemm, MatMul: matMul } as const satisfies Record<string, Rule>;

import fc from 'fast-check';
import { type Explanations, explanationsOf } from '../../core/metrics/evidence/explanations.ts';
import { tensor } from '../../core/tensor.ts';

/** Explanations from nested arrays: x `[N][D]` in [0, 1], h `[N][K]`, θ `[N][K][C]`. */
export function explanationsFrom(
  x: readonly (readonly number[])[],
  h: readonly (readonly number[])[],
  theta: readonly (readonly (readonly number[])[])[],
): Explanations {
  const N = x.length;
  const K = h[0]?.length ?? 0;
  const C = theta[0]?.[0]?.length ?? 0;
  const D = x[0]?.length ?? 0;
  const image = { kind: 'image', channels: 1, height: 1, width: D } as const;
  return explanationsOf(image, tensor(Float32Array.from(x.flat()), [N, D]), {
    concepts: tensor(Float32Array.from(h.flat()), [N, K]),
    relevances: tensor(Float32Array.from(theta.flat(2)), [N, K, C]),
  });
}

/** Explanations of any small sizes, on grids: figures are exact in float32, and distances between inputs tie. */
export const anyExplanations = fc
  .record({
    N: fc.integer({ min: 1, max: 24 }),
    D: fc.integer({ min: 1, max: 3 }),
    K: fc.integer({ min: 1, max: 5 }),
    C: fc.integer({ min: 2, max: 4 }),
  })
  .chain(({ N, D, K, C }) => {
    const figure = fc.integer({ min: -256, max: 256 }).map((value) => value / 64);
    const coarse = fc.integer({ min: 0, max: 4 }).map((value) => value / 4);
    const table = <T>(value: fc.Arbitrary<T>, rows: number, columns: number) =>
      fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
    return fc.record({
      x: table(coarse, N, D),
      h: table(figure, N, K),
      theta: table(fc.array(figure, { minLength: C, maxLength: C }), N, K),
    });
  });

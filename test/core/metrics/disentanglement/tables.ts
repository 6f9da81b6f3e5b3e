import {
  type CodedSample,
  codedSample,
  type FactorKind,
  type FactorTable,
} from '../../../../core/metrics/evidence/factors.ts';
import { type CodedGroups, codedGroups, lookUp } from '../../../../core/metrics/evidence/groups.ts';
import { randomStream } from '../../../../core/random.ts';
import { type Tensor, tensor } from '../../../../core/tensor.ts';

/** Every combination of the factors' values, each `times` times; the last factor runs fastest. */
export function factorial(
  sizes: readonly number[],
  { times = 1, kinds = sizes.map(() => 'ordinal') }: { times?: number; kinds?: readonly FactorKind[] } = {},
): FactorTable {
  const combinations = sizes.reduce<number[][]>(
    (rows, size) => rows.flatMap((row) => Array.from({ length: size }, (_, value) => [...row, value])),
    [[]],
  );
  const values = Int32Array.from(Array.from({ length: times }, () => combinations).flat(2));
  return { names: sizes.map((_, f) => `v${f}`), kinds, sizes, values };
}

/** One code: what it makes of a row's factor values. */
export type Code = (v: readonly number[], row: number) => number;

export const factor =
  (f: number): Code =>
  (v) =>
    v[f] as number;

/** Gaussian noise that knows nothing of the factors (Box & Muller). */
export function noise(seed: number): Code {
  const stream = randomStream(seed);
  const uniform = () => (stream.integer(2 ** 24) + 0.5) / 2 ** 24;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function codesOf({ sizes, values }: FactorTable, codes: readonly Code[]): Tensor {
  const F = sizes.length;
  const N = values.length / F;
  const rows = Array.from({ length: N }, (_, n) =>
    codes.map((code) => code([...values.subarray(n * F, n * F + F)], n)),
  );
  return tensor(Float32Array.from(rows.flat()), [N, codes.length]);
}

export function sampleOf(table: FactorTable, codes: readonly Code[]): CodedSample {
  return codedSample(codesOf(table, codes), table);
}

export function groupsOf(table: FactorTable, codes: readonly Code[]): CodedGroups {
  return codedGroups({ factors: table, codesOf: lookUp(codesOf(table, codes)) });
}

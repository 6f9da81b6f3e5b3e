import { namedStream } from '../../core/random.ts';
import { bootstrap, type Interval } from '../../core/scoring/statistics/bootstrap.ts';
import { type ByExplanation, type ComparedName, comparedNames } from './explanations.ts';

/** From values of inputs to figures: means over seeds and inputs, with intervals, and differences from SENN's own. */

export interface Figure {
  readonly mean: number;
  /** 95 %, over the inputs; absent where fewer than two have a value. */
  readonly interval?: Interval | undefined;
}

export interface Row {
  readonly figures: { readonly [Name in ComparedName]?: Figure };
  /** SENN's own less another's, on the same inputs. */
  readonly less: { readonly [Name in ComparedName]?: Figure };
}

/** Input by input, over the seeds: `null` where a seed has no value. */
function acrossSeeds(seeds: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first = []] = seeds;
  return first.map((_, n) => {
    const values = seeds.map((one) => one[n] ?? null);
    return values.some((value) => value === null)
      ? null
      : values.reduce<number>((sum, value) => sum + (value as number), 0) / values.length;
  });
}

function figuresOf(columns: readonly (readonly (number | null)[])[], seed: number): (Figure | undefined)[] {
  const N = columns[0]?.length ?? 0;
  const asked = columns.map((of) => ({ of, distribution: false }));
  const intervals = bootstrap(N, asked, namedStream(seed, 'bootstrap'));
  return columns.map((of, i) => {
    const known = of.filter((value) => value !== null);
    if (known.length === 0) return undefined;
    return { mean: known.reduce((sum, value) => sum + value, 0) / known.length, interval: intervals[i]?.mean };
  });
}

/** @param seeds what each seed's model gave, of the same inputs */
export function rowOf(seeds: readonly ByExplanation[], seed: number): Row {
  const names = comparedNames.filter((name) => seeds.every((one) => one[name] !== undefined));
  const values = new Map(names.map((name) => [name, acrossSeeds(seeds.map((one) => one[name] ?? []))]));
  const own = values.get('contributions');
  const others = own === undefined ? [] : names.filter((name) => name !== 'contributions');
  const differences = others.map((name) =>
    (own ?? []).map((value, n) => {
      const other = values.get(name)?.[n] ?? null;
      return value === null || other === null ? null : value - other;
    }),
  );
  const figures = figuresOf([...values.values(), ...differences], seed);
  const named = (list: readonly ComparedName[], from: number) =>
    Object.fromEntries(list.flatMap((name, i) => (figures[from + i] === undefined ? [] : [[name, figures[from + i]]])));
  return { figures: named(names, 0), less: named(others, names.length) };
}

import type { Golden } from '../../core/golden.ts';

/** JSON whose bytes depend on nothing but its values, so that files can be compared and hashed. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inner === undefined ? undefined : sorted(inner)]));
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: Json, indent?: number): string {
  return JSON.stringify(sorted(value), undefined, indent);
}

/** The shortest decimal that reads back as the same float32; nine digits always do. */
function shortest(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return Number(single.toPrecision(9));
}

/** `golden.json` with its tensors in alphabetical order, one a line, in shortest float32 figures. */
export function canonicalGolden({ tensors }: Golden): string {
  const lines = Object.keys(tensors)
    .sort()
    .map((name) => {
      const { shape, data } = tensors[name] as Golden['tensors'][string];
      return `${JSON.stringify(name)}:${JSON.stringify({ shape, data: data.map(shortest) })}`;
    });
  return `{"tensors":{\n${lines.join(',\n')}\n}}\n`;
}

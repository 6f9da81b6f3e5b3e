/** Mean and spread of one figure over several runs. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1), in the units of the values; `undefined` for a single value. */
  readonly deviation: number | undefined;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : undefined };
}

/** What the points and error bars of a chart are: how many runs are behind them, and what the bars measure. */
export function spreadLine(spreads: readonly Spread[]): string {
  const counts = spreads.map(({ count }) => count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return 'one seed each, so no error bars';
  return `mean ± one standard deviation over seeds, n = ${least === most ? least : `${least} to ${most}`}`;
}

/** Items that share a key, in the order in which the keys appear first. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

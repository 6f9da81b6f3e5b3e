/**
 * Gives names that nothing else in a graph has: the wanted one, or it with the first free number behind it.
 * @param taken names that are given already
 */
export function uniqueNames(taken: Iterable<string>): (wanted: string) => string {
  const given = new Set(taken);
  /** By the wanted name: below it no number is free, so a name that thousands want is not counted up anew for each. */
  const first = new Map<string, number>();
  return (wanted) => {
    let number = first.get(wanted) ?? 0;
    const numbered = (): string => (number === 0 ? wanted : `${wanted}_${number}`);
    while (given.has(numbered())) number += 1;
    const name = numbered();
    given.add(name);
    first.set(wanted, number + 1);
    return name;
  };
}

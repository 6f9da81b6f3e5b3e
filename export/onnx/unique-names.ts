/**
 * Gives names that nothing else in a graph has: the wanted one, or it with the first free number behind it.
 * @param taken names that are given already
 */
export function uniqueNames(taken: Iterable<string>): (wanted: string) => string {
  const given = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let i = 1; given.has(name); i++) name = `${wanted}_${i}`;
    given.add(name);
    return name;
  };
}

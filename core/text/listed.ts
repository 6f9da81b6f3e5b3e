/**
 * Names as a sentence lists them: `a, b and c`.
 * @param more how many others there are, which are counted and not named: `a, b and 3 more`
 */
export function listed(names: readonly string[], more = 0): string {
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

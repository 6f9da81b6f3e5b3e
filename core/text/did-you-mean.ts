/**
 * The name that a mistyped one was most likely meant to be: for features, configuration keys and whatever else is
 * chosen from a list. Written out here because swapped neighbours (`sede` for `seed`) are a mistake as common as a
 * wrong letter, and plain Levenshtein libraries count them as two; and because the browser's bundle needs it too.
 */

/**
 * The most edits that still count as near, as a share of the longer name: `sparsity` finds `sparsity_reg`, `foo`
 * nothing.
 */
const NEAR = 1 / 3;

/**
 * Optimal string alignment distance (restricted Damerau-Levenshtein): the fewest insertions, deletions, substitutions
 * and swaps of neighbours that turn one text into the other, no part of it edited twice (Damerau 1964).
 */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j] as number, (beforeLast[j - 2] as number) + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] as number;
}

/**
 * The nearest of the names, whatever the case of its letters; the first one of equals.
 * @param given as it was typed, however long: names of another length are not compared letter by letter
 * @returns `undefined` where more than a third of the letters of each name differ
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const most = Math.max(given.length, name.length) * NEAR;
    if (Math.abs(given.length - name.length) > most) continue;
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance };
  }
  return best?.name;
}

/** The end of an error that lists the choices: `; did you mean "seed"?`, or nothing where no name is near. */
export function didYouMean(given: unknown, names: readonly string[]): string {
  const near = typeof given === 'string' ? nearestName(given, names) : undefined;
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/**
 * Letters by which things are told apart that have no name: A … Z, then AA, AB … Where the classes are digits, numbers would
 * be taken for these.
 * @param index from 0
 */
function lettersOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${lettersOf(Math.floor(index / 26) - 1)}${last}`;
}

/** Names for things that nobody has named yet: `concept A`, `concept B` … @returns `[count]` */
export const letteredNames = (what: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${what} ${lettersOf(index)}`);

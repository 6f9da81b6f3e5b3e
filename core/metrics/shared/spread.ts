/**
 * Indices of `most` of `count` rows, evenly spread over them, the same every time: of a set that is sorted by class they
 * hold every class. All of them where there are no more.
 * @returns ascending
 */
export function spreadRows(count: number, most: number): Int32Array {
  const taken = Math.min(count, Math.max(0, most));
  return Int32Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

/**
 * A function of a text that remembers its recent answers: clients send the same header and the same query again and
 * again. What it throws is not kept.
 */
export function memoized<T>(of: (text: string) => T, { most = 256, longest = 512 } = {}): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = of(text);
    if (text.length > longest) return value;
    if (known.size >= most) known.delete(known.keys().next().value as string);
    known.set(text, value);
    return value;
  };
}

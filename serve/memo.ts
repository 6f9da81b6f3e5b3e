/**
 * A function of a text that remembers what it gave for recent ones: clients send the same header and the same query
 * again and again, and parsing one takes some 10 µs of the 130 that a small prediction takes (`npm run bench:serve`,
 * one connection). An error is not remembered, nor a promise that ends in one.
 * @param of must give the same for the same text, and what nobody changes
 * @param options.most texts that are remembered; the oldest is forgotten for a new one
 * @param options.longest characters of a text that is remembered; a client's longer one costs no memory
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
    if (value instanceof Promise) value.catch(() => known.delete(text));
    return value;
  };
}

/**
 * A function of an object that remembers what it gave for as long as the object is there.
 * @param of must give the same for the same object, and what nobody changes
 */
export function memoizedOf<K extends object, T>(of: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const found = known.get(key) ?? { value: of(key) };
    known.set(key, found);
    return found.value;
  };
}

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded values, evenly spread over [−1, 1). */
export function seededValues(seed: number, length: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  // The first draws of neighbouring seeds are alike.
  for (let i = 0; i < 20; i++) generator.next();
  return Float32Array.from({ length }, () => generator.next() / 2 ** 31);
}

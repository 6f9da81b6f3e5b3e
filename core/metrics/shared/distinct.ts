import { rowOf, sizeOf, type Tensor } from '../../tensor.ts';

/** The different inputs of a set. */
export interface DistinctRows {
  /** `[U, …]`, each input once, in the order of their first rows */
  readonly rows: Tensor;
  /** `[U]`, the first row of each */
  readonly first: Int32Array;
  /** `[N]`, which of them a row is */
  readonly indexOf: Int32Array;
}

/** FNV-1a over the bits of the values; equal for 0 and −0, which are equal. */
function hashOf(bits: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const word of bits) hash = Math.imul(hash ^ (word === 0x80000000 ? 0 : word), 0x01000193);
  return hash;
}

const equal = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i]);

/** Rows that are equal in every value are one. @param input `[N, …]` */
export function distinctRows(input: Tensor): DistinctRows {
  const [N = 0, ...rest] = input.shape;
  const width = sizeOf(rest);
  const bits = new Uint32Array(input.data.buffer, input.data.byteOffset, input.data.length);
  const first: number[] = [];
  const indexOf = new Int32Array(N);
  const buckets = new Map<number, number[]>();
  for (let n = 0; n < N; n++) {
    const hash = hashOf(bits.subarray(n * width, (n + 1) * width));
    const bucket = buckets.get(hash) ?? [];
    const row = rowOf(input, n);
    const known = bucket.find((u) => equal(rowOf(input, first[u] as number), row));
    indexOf[n] = known ?? first.length;
    if (known !== undefined) continue;
    buckets.set(hash, [...bucket, first.length]);
    first.push(n);
  }
  const data = new Float32Array(first.length * width);
  first.forEach((n, u) => {
    data.set(rowOf(input, n), u * width);
  });
  return { rows: { shape: [first.length, ...rest], data }, first: Int32Array.from(first), indexOf };
}

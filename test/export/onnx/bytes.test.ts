import { describe, expect, it } from 'vitest';
import { bytesOf, createMaker, digestOf, sameBytes } from '../../../export/onnx/bytes.ts';

const counting = (from: number) => (target: Float32Array) => {
  for (let i = 0; i < target.length; i++) target[i] = from + i;
};
const held = (length: number, from: number) => {
  const values = new Float32Array(length);
  counting(from)(values);
  return new Uint8Array(values.buffer);
};

describe('bytes that are made', () => {
  it('are the same each time, and of their own length', () => {
    const made = createMaker();
    const [long, short] = [made(100, counting(1)), made(3, counting(7))];
    for (const _ of [0, 1]) {
      expect([...bytesOf(long)]).toEqual([...held(100, 1)]);
      expect([...bytesOf(short)]).toEqual([...held(3, 7)]);
    }
    expect([long.length, short.length]).toEqual([400, 12]);
    expect(long.digest).toBe(digestOf(held(100, 1)));
  });

  it('take one piece of memory for all', () => {
    const made = createMaker();
    const [a, b] = [made(10, counting(0)), made(5, counting(0))];
    expect(bytesOf(a).buffer).toBe(bytesOf(b).buffer);
  });

  it('are equal to equal ones, made or held', () => {
    const made = createMaker();
    const [a, b, c] = [made(4, counting(0)), made(4, counting(0)), made(4, counting(1))];
    expect([sameBytes(a, b), sameBytes(a, c), sameBytes(a, held(4, 0)), sameBytes(held(4, 1), a)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(sameBytes(held(4, 2), held(4, 2))).toBe(true);
    expect(sameBytes(held(4, 2), held(5, 2))).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctRows } from '../../../../core/metrics/shared/distinct.ts';
import { rowOf, tensor } from '../../../../core/tensor.ts';

describe('distinct rows', () => {
  it('are each row once, in the order they came, and every row is found among them', () => {
    const value = fc.constantFrom(-1, 0, 0.5, 3);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 30 }), (rows) => {
        const input = tensor(Float32Array.from(rows.flat()), [rows.length, 2]);
        const { rows: distinct, first, indexOf } = distinctRows(input);
        const texts = rows.map((row) => row.join());
        const expected = [...new Set(texts)];
        expect(distinct.shape).toEqual([expected.length, 2]);
        expect(Array.from(first, (n) => texts[n])).toEqual(expected);
        expect(Array.from(indexOf, (u) => expected[u])).toEqual(texts);
        expected.forEach((text, u) => {
          expect(rowOf(distinct, u).join()).toBe(text);
        });
      }),
    );
  });

  it('take 0 and −0 as equal, and a view into a larger memory as its own values', () => {
    const memory = Float32Array.of(9, 0, 1, -0, 1, 7);
    const { first } = distinctRows(tensor(memory.subarray(1, 5), [2, 2]));
    expect(Array.from(first)).toEqual([0]);
  });
});

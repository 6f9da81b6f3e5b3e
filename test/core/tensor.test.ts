import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSize, concatRows, rowOf, sizeOf, sliceRows, tensor } from '../../core/tensor.ts';

const counting = (shape: readonly number[]) =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
  );

describe('tensor', () => {
  it('takes data that fills its shape', () => {
    expect(tensor(new Float32Array(6), [2, 3]).shape).toEqual([2, 3]);
  });

  it.each([
    [5, [2, 3]],
    [7, [2, 3]],
    [0, []],
  ])('refuses %i values for [%s], and says both', (length, shape) => {
    expect(() => tensor(new Float32Array(length), shape)).toThrow(
      expect.objectContaining({
        code: 'shape_mismatch',
        message: expect.stringMatching(new RegExp(`${length} values.*\\[${shape.join(', ')}\\]`)),
      }),
    );
  });

  it('counts elements: a scalar has one, an empty batch none', () => {
    expect([sizeOf([]), sizeOf([2, 3, 4]), sizeOf([0, 9])]).toEqual([1, 24, 0]);
  });

  it('has the first dimension as its batch', () => {
    expect([batchSize(counting([4, 2])), batchSize(counting([]))]).toEqual([4, 1]);
  });
});

describe('rows', () => {
  it('are cut out of every rank, sharing memory', () => {
    const t = counting([3, 2, 2]);
    const cut = sliceRows(t, 1, 3);
    expect(cut.shape).toEqual([2, 2, 2]);
    expect(Array.from(cut.data)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(cut.data.buffer).toBe(t.data.buffer);
    expect(Array.from(rowOf(t, 2))).toEqual([8, 9, 10, 11]);
  });

  it('put together again are the tensor: concatRows ∘ sliceRows = identity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (N, width, seed) => {
        const t = counting([N, width]);
        const cut = seed % (N + 1);
        const whole = concatRows([sliceRows(t, 0, cut), sliceRows(t, cut, N)]);
        expect(whole.shape).toEqual(t.shape);
        expect(whole.data).toEqual(t.data);
      }),
    );
  });

  it('of different shapes do not go together', () => {
    expect(() => concatRows([counting([1, 2]), counting([1, 3])])).toThrow('rows [3] must match rows [2]');
    expect(() => concatRows([])).toThrow('at least one tensor');
  });
});

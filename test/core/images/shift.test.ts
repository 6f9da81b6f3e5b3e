import { describe, expect, it } from 'vitest';
import { shifted } from '../../../core/images/shift.ts';
import { tensor } from '../../../core/tensor.ts';

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i);

describe('shifted', () => {
  const images = tensor(numbers(12), [1, 2, 2, 3]);

  it('moves every channel down, and repeats its upper edge', () => {
    expect([...shifted(images, 1, 0).data]).toEqual([0, 1, 2, 0, 1, 2, 6, 7, 8, 6, 7, 8]);
  });

  it('moves up and to the left', () => {
    expect([...shifted(images, -1, -1).data]).toEqual([4, 5, 5, 4, 5, 5, 10, 11, 11, 10, 11, 11]);
  });

  it('moves to the right', () => {
    expect([...shifted(images, 0, 2).data]).toEqual([0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9]);
  });

  it('leaves no more than an edge where the move is larger than the image', () => {
    expect([...shifted(images, 9, 9).data]).toEqual([0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6]);
  });

  it('keeps the shape, and what it was given', () => {
    const before = [...images.data];
    expect(shifted(images, 1, 1).shape).toEqual([1, 2, 2, 3]);
    expect(shifted(images, 0, 0)).toEqual(images);
    expect([...images.data]).toEqual(before);
  });
});

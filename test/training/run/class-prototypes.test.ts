import { describe, expect, it } from 'vitest';
import { tensor } from '../../../core/tensor.ts';
import { classPrototypesIn } from '../../../training/run/training-set/class-prototypes.ts';

describe('the ends of concepts within each class', () => {
  it('are the three inputs of the class that lie farthest out, the farthest first', () => {
    const h = [5, 1, 4, 2, 3, -1, -2, -3, -4, -5];
    const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    const [own] = classPrototypesIn(tensor(Float32Array.from(h), [10, 1]), labels, 2);
    expect(own).toEqual([
      { low: [1, 3, 4], high: [0, 2, 4] },
      { low: [9, 8, 7], high: [5, 6, 7] },
    ]);
  });

  it('hold inputs that are the same once, as many as the class has, and none of a class without any', () => {
    const [own] = classPrototypesIn(tensor(Float32Array.of(7, 7, 1), [3, 1]), [0, 0, 2], 3);
    expect(own).toEqual([
      { low: [0], high: [0] },
      { low: [], high: [] },
      { low: [2], high: [2] },
    ]);
  });

  it('are none of a concept that is constant', () => {
    expect(classPrototypesIn(tensor(Float32Array.of(1, 0, 1, 3), [2, 2]), [0, 1], 2)[0]).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { augmentImages } from '../../../training/loop/augment.ts';
import { batchesOf, inOrder } from '../../../training/loop/batches.ts';
import { expectClose } from '../../helpers/close.ts';

describe('batches', () => {
  it('batches cover every row and keep the last', () => {
    expect([...batchesOf(inOrder(7), 3)].map((rows) => [...rows])).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it('augmentation of nothing changes nothing; a shift moves the ink; the seed decides', () => {
    const image = Float32Array.from({ length: 49 }, (_, i) => (i === 24 ? 1 : 0));
    const augmented = (augmentation: { shift: number; rotation: number; scale: number }, seed = 1) => {
      const values = Float32Array.from(image);
      augmentImages(values, [1, 7, 7], augmentation, randomStream(seed));
      return values;
    };
    expect(augmented({ shift: 0, rotation: 0, scale: 0 })).toEqual(image);
    const moved = augmented({ shift: 2, rotation: 0, scale: 0 });
    expect(moved).not.toEqual(image);
    expectClose(
      moved.reduce((sum, value) => sum + value),
      1,
      { absolute: 1e-6 },
    );
    expectClose(augmented({ shift: 0, rotation: 40, scale: 0.3 })[24] as number, 1, { absolute: 1e-6 });
    expect(augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3)).toEqual(
      augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3),
    );
    expect(augmented({ shift: 2, rotation: 10, scale: 0.1 }, 4)).not.toEqual(
      augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { changeOn as drawnOn } from '../../../core/figure/inputs/change.ts';
import { COLOURS } from '../../../core/figure/palette.ts';
import { changeBetween } from '../../../core/images/regions/change.ts';
import { type Tensor, tensor } from '../../../core/tensor.ts';

const SIDE = 4;
/** One pixel inside the border has a value, all others another. */
const dotted = (at: number, value: number, ground: number) =>
  tensor(
    Float32Array.from({ length: SIDE ** 2 }, (_, i) => (i === at ? value : ground)),
    [1, SIDE, SIDE],
  );
const [FIRST, SECOND] = [5, 10];

const changeOn = (picture: Tensor, before: Tensor, after: Tensor) =>
  drawnOn(picture, changeBetween(picture, before, after));

/** Pixel i as `#rrggbb`. */
const hexAt = ({ data }: { data: Float32Array }, i: number): string =>
  `#${[0, 1, 2]
    .map((c) =>
      Math.round(255 * (data[c * SIDE ** 2 + i] as number))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

describe('a change, drawn on a picture', () => {
  it('has the colour of the class that is ahead where a stroke would go, and of the other where one would come', () => {
    const before = dotted(FIRST, 1, 0);
    const changed = changeOn(before, before, dotted(SECOND, 1, 0));
    expect(changed.shape).toEqual([3, SIDE, SIDE]);
    expect([hexAt(changed, FIRST), hexAt(changed, SECOND)]).toEqual([COLOURS.for, COLOURS.against]);
    expect(hexAt(changed, 0)).toBe('#000000');
  });

  it('takes dark strokes for strokes on a bright ground', () => {
    const before = dotted(FIRST, 0, 1);
    const changed = changeOn(before, before, dotted(SECOND, 0, 1));
    expect([hexAt(changed, FIRST), hexAt(changed, SECOND)]).toEqual([COLOURS.for, COLOURS.against]);
    expect(hexAt(changed, 0)).toBe('#ffffff');
  });

  it('leaves out what hardly changes, and what is drawn badly before and after', () => {
    const picture = dotted(FIRST, 1, 0);
    const changed = changeOn(picture, dotted(FIRST, 0.5, 0), dotted(FIRST, 0.4, 0));
    const grey = Math.round(255 * 0.55).toString(16);
    expect(hexAt(changed, FIRST)).toBe(`#${grey.repeat(3)}`);
    expect(hexAt(changed, SECOND)).toBe('#000000');
  });

  it('is of colours too', () => {
    const colour = (value: number) => tensor(new Float32Array(3 * SIDE ** 2).fill(value), [3, SIDE, SIDE]);
    expect(hexAt(changeOn(colour(0), colour(0), colour(1)), 0)).toBe(COLOURS.against);
  });
});

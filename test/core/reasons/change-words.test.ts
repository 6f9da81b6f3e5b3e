import { describe, expect, it } from 'vitest';
import { changeWords, sentenceOfChange } from '../../../core/reasons/change-words.ts';
import { tensor } from '../../../core/tensor.ts';

const SIDE = 12;
type Box = readonly [top: number, left: number, height: number, width: number];
function drawing(...boxes: Box[]) {
  const data = new Float32Array(SIDE ** 2);
  for (const [top, left, height, width] of boxes) {
    for (let y = top; y < top + height; y++) data.fill(1, y * SIDE + left, y * SIDE + left + width);
  }
  return tensor(data, [1, SIDE, SIDE]);
}
/** What all pictures have, so that thirds are those of the whole. */
const CORNERS: Box[] = [
  [0, 0, 1, 1],
  [11, 11, 1, 1],
];
const [TOP, MIDDLE, LEFT, BOTTOM]: Box[] = [
  [1, 4, 2, 4],
  [5, 5, 2, 3],
  [5, 0, 3, 2],
  [9, 8, 2, 3],
] as [Box, Box, Box, Box];

const told = (before: Box[], after: Box[], index = 1): string | undefined => {
  const own = drawing(...CORNERS, ...before);
  const decoded = drawing(...CORNERS, ...after);
  return changeWords({ classes: ['a', 'b', 'c'] }, own, {
    ...{ ahead: 0, behind: 1, index, probability: 0.99, moved: [] },
    own,
    decoded,
  });
};

describe('what would tip a decision, by what changes in the picture', () => {
  it('says what would go and what would come, and where', () => {
    expect(told([TOP], [])).toBe('it would be read as “b” without what is at the top');
    expect(told([], [LEFT, BOTTOM])).toBe('it would be read as “b” with more on the left and at the bottom right');
    expect(told([TOP], [MIDDLE])).toBe(
      'it would be read as “b” without what is at the top, and with more in the middle',
    );
  });

  it('says of a place where something goes and comes that something else is there', () => {
    expect(told([[0, 4, 1, 5]], [[3, 4, 1, 5]])).toBe('it would be read as “b” with something else at the top');
  });

  it('names no small ones', () => {
    expect(told([TOP], [[9, 8, 1, 2]])).toBe('it would be read as “b” without what is at the top');
  });

  it('says nothing where the model does not read the other class, or nothing changes', () => {
    expect(told([TOP], [], 0)).toBeUndefined();
    expect(told([TOP], [TOP])).toBeUndefined();
  });

  it('is a sentence by itself', () => {
    expect(sentenceOfChange('it would be read as “b” with more on the left')).toBe(
      'It would be read as “b” with more on the left.',
    );
  });
});

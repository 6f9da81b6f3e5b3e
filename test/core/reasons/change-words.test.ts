import { describe, expect, it } from 'vitest';
import { changeBetween } from '../../../core/images/regions/change.ts';
import { changeWords, sentenceOfChange } from '../../../core/reasons/change-words.ts';
import { type Box, drawing } from '../../helpers/drawing.ts';

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
  const change = changeBetween(own, own, decoded);
  return changeWords(
    { classes: ['a', 'b', 'c'] },
    { ahead: 0, behind: 1, index, probability: 0.99, own, decoded, change },
  );
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

  it('names three at most, and first what does most', () => {
    expect(told([TOP], [LEFT, BOTTOM, [5, 5, 1, 3]])).toBe(
      'it would be read as “b” without what is at the top, and with more on the left and at the bottom right',
    );
    expect(told([MIDDLE], [TOP])).toBe(
      'it would be read as “b” with more at the top, and without what is in the middle',
    );
  });

  it('says where a loop closes or opens', () => {
    const ring: Box[] = [
      [3, 3, 1, 6],
      [8, 3, 1, 6],
      [4, 3, 4, 1],
    ];
    const gap: Box = [4, 8, 4, 1];
    expect(told(ring, [...ring, gap])).toBe('it would be read as “b” with more on the right, which closes a loop');
    expect(told([...ring, gap], ring)).toBe('it would be read as “b” without what is on the right, which opens a loop');
    // it is told of the piece that does it
    expect(told([...ring, gap], [...ring, [9, 8, 1, 3]])).toBe(
      'it would be read as “b” without what is on the right, which opens a loop, and with more at the bottom right',
    );
    expect(told([...ring, gap], [...ring, gap, TOP])).not.toContain('loop');
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

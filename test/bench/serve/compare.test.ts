import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { firstDifference, imageDifference } from '../../../bench/serve/compare.ts';

const png = (...levels: number[]): Buffer =>
  Buffer.from(encode({ width: levels.length, height: 1, channels: 1, depth: 8, data: Uint8Array.from(levels) }));
const uri = (...levels: number[]): string => `data:image/png;base64,${png(...levels).toString('base64')}`;

describe('firstDifference', () => {
  const answer = { label: '7', logits: [12.5, -0.25], traversals: [{ concept: 0, images: [uri(0, 100, 255)] }] };

  it('lets numbers be 1e-4 apart, and pixels a level', () => {
    const other = { label: '7', logits: [12.5009, -0.25009], traversals: [{ concept: 0, images: [uri(1, 99, 255)] }] };
    expect(firstDifference(answer, other)).toBeUndefined();
  });

  it.each([
    ['a label', { ...answer, label: '1' }, 'answer.label: "1" must be "7"'],
    ['a number', { ...answer, logits: [12.5, -0.2502] }, 'answer.logits.1: -0.2502 must be -0.25 within 0.0001'],
    ['a missing number', { ...answer, logits: [12.5] }, 'answer.logits: has [0], must have [0, 1]'],
    ['no number', { ...answer, logits: [12.5, null] }, 'answer.logits.1: null must be -0.25'],
    ['a part too many', { ...answer, index: 7 }, 'answer: has [label, logits, traversals, index], must have'],
    [
      'a pixel',
      { ...answer, traversals: [{ concept: 0, images: [uri(0, 102, 255)] }] },
      'answer.traversals.0.images.0: 1 of 3 samples are wrong',
    ],
    [
      'another size',
      { ...answer, traversals: [{ concept: 0, images: [uri(0, 100)] }] },
      'images.0: 2 × 1 × 1 must be 3 × 1 × 1',
    ],
  ])('finds %s', (_, other, message) => {
    expect(firstDifference(answer, other)).toContain(message);
  });
});

describe('imageDifference', () => {
  it('lets a share of the samples be further apart', () => {
    expect(imageDifference(png(0, 0, 0, 0), png(0, 0, 0, 200), 'figure', { most: 0.25 })).toBeUndefined();
    expect(imageDifference(png(0, 0, 0, 0), png(0, 0, 200, 200), 'figure', { most: 0.25 })).toMatch(/^figure: 2 of 4/);
  });
});

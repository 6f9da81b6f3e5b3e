import { describe, expect, it } from 'vitest';
import { loopsOf } from '../../../../core/images/regions/loops.ts';
import { tensor } from '../../../../core/tensor.ts';

/** Rows of characters: `#` is a stroke, `+` a faint one. */
function picture(rows: string[], invert = false) {
  const values = rows.flatMap((row) => [...row].map((c) => (c === '#' ? 1 : c === '+' ? 0.3 : 0)));
  const [H, W] = [rows.length, (rows[0] as string).length];
  return tensor(
    Float32Array.from(values, (value) => (invert ? 1 - value : value)),
    [1, H, W],
  );
}
const NINE = ['.......', '.#####.', '.#...#.', '.#####.', '.....#.', '.....#.', '.......'];
const FOUR = ['.......', '.#...#.', '.#...#.', '.#####.', '.....#.', '.....#.', '.......'];
const EIGHT = ['.......', '.#####.', '.#...#.', '.#####.', '.#...#.', '.#####.', '.......'];

describe('loops', () => {
  it('are pieces of ground that strokes enclose', () => {
    expect([NINE, FOUR, EIGHT].map((rows) => loopsOf(picture(rows)))).toEqual([1, 0, 2]);
    expect([NINE, FOUR, EIGHT].map((rows) => loopsOf(picture(rows, true)))).toEqual([1, 0, 2]);
  });

  it('are not closed by what is faint beside the strongest stroke, nor are they gaps of a pixel or two', () => {
    expect(loopsOf(picture(FOUR.map((row, y) => (y === 1 ? '.#+++#.' : row))))).toBe(0);
    expect(loopsOf(picture(['......', '.####.', '.#..#.', '.####.', '......']))).toBe(0);
    expect(loopsOf(picture(['....', '....']))).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { changeBetween, withPieces } from '../../../../core/images/regions/change.ts';
import { tensor } from '../../../../core/tensor.ts';
import { type Box, drawing, SIDE } from '../../../helpers/drawing.ts';

const BAR: Box = [1, 1, 2, 9];
const STEM: Box = [3, 5, 7, 2];
const FOOT: Box = [9, 1, 2, 3];

describe('what changes in a picture', () => {
  it('is what goes and what comes, in pieces, the largest first, each in its third of what is drawn', () => {
    const own = drawing(BAR, STEM);
    const { pieces, shares } = changeBetween(own, own, drawing(STEM, FOOT));
    expect(pieces.map(({ pixels, ...piece }) => ({ ...piece, size: pixels.length }))).toEqual([
      { kind: 'goes', size: 18, third: { down: 0, right: 1 } },
      { kind: 'comes', size: 6, third: { down: 2, right: 0 } },
    ]);
    expect([shares[1 * SIDE + 1], shares[10 * SIDE + 1], shares[5 * SIDE + 5]]).toEqual([-1, 1, 0]);
  });

  it('takes dark strokes for strokes on a bright ground', () => {
    const inverted = (...boxes: Box[]) => {
      const { shape, data } = drawing(...boxes);
      return tensor(
        data.map((value) => 1 - value),
        shape,
      );
    };
    const { pieces } = changeBetween(inverted(BAR, STEM), inverted(BAR, STEM), inverted(STEM, FOOT));
    expect(pieces.map(({ kind }) => kind)).toEqual(['goes', 'comes']);
  });

  it('lets nothing go where the picture has no stroke, and leaves out what hardly changes, and specks', () => {
    const own = drawing(BAR);
    const unlike = drawing(BAR, STEM); // a decoder that draws a stem which is not there
    expect(changeBetween(own, unlike, own).pieces).toEqual([]);
    expect(changeBetween(own, own, drawing([1, 1, 2, 9, 0.81])).pieces).toEqual([]);
    const { pieces, shares } = changeBetween(own, own, drawing(BAR, [5, 1, 4, 4], [10, 10, 1, 1]));
    expect(pieces.map(({ size }) => size)).toEqual([16]);
    expect(shares[10 * SIDE + 10]).toBe(0);
  });

  it('can be of some pieces alone', () => {
    const own = drawing(BAR, STEM);
    const whole = changeBetween(own, own, drawing(STEM, FOOT));
    const { shares, pieces } = withPieces(whole, whole.pieces.slice(1));
    expect(pieces.map(({ kind }) => kind)).toEqual(['comes']);
    expect([shares[1 * SIDE + 1], shares[10 * SIDE + 1]]).toEqual([0, 1]);
  });

  it('is nothing between two that are the same', () => {
    const { pieces, shares } = changeBetween(drawing(), drawing(), drawing());
    expect(pieces).toEqual([]);
    expect(shares.every((share) => share === 0)).toBe(true);
  });
});

import type { Tensor } from '../../tensor.ts';
import { hasBrightBorder, strokesOf } from '../pixels.ts';
import { connected } from './connected.ts';

/**
 * What changes in a picture between two states of it: where strokes go and where they come, in pieces, and where in the
 * picture each piece lies.
 */

/** One connected piece of a change. */
export interface Piece {
  readonly kind: 'goes' | 'comes';
  /** Sum over its pixels of the share of a full change, so 1 is one pixel that changes altogether. */
  readonly size: number;
  /** Indices of its pixels, in `[H · W]`. */
  readonly pixels: readonly number[];
  /** Which third of what is drawn its centre lies in: down from 0 at the top, right from 0 on the left. */
  readonly third: { readonly down: 0 | 1 | 2; readonly right: 0 | 1 | 2 };
}

export interface Change {
  /** `[H · W]`, −1 to 1: the share of a full change of each pixel, below 0 where a stroke goes, above 0 where one comes */
  readonly shares: Float32Array;
  /** The largest first; of equals the first from the top. */
  readonly pieces: readonly Piece[];
}

/** A change of less brightness is none, one of more is a full one. */
const LEAST = 0.2;
const FULL = 0.7;
/** Pieces of less than this share of the largest are specks, and left out. */
const SPECK = 0.1;
/** From this on, as a distance from the ground, something is drawn in a pixel. */
const DRAWN = 0.5;

/** The thirds that the centre of some pixels lies in, of the box around all pixels where something is drawn. */
function placer(drawn: Float32Array, height: number, width: number) {
  const box = { top: height, bottom: -1, left: width, right: -1 };
  drawn.forEach((value, i) => {
    if (value < DRAWN) return;
    const [y, x] = [Math.floor(i / width), i % width];
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
  });
  const [top, bottom] = box.bottom < 0 ? [0, height - 1] : [box.top, box.bottom];
  const [left, right] = box.right < 0 ? [0, width - 1] : [box.left, box.right];
  const third = (value: number, from: number, to: number): 0 | 1 | 2 => {
    const share = (value - from + 0.5) / (to - from + 1);
    return share < 1 / 3 ? 0 : share < 2 / 3 ? 1 : 2;
  };
  return (y: number, x: number): Piece['third'] => ({ down: third(y, top, bottom), right: third(x, left, right) });
}

/**
 * @param picture `[C, H, W]` in [0, 1], of which something goes only where it has a stroke
 * @param before `[C, H, W]` @param after `[C, H, W]`, of one maker, so that what it redraws badly is no change
 */
export function changeBetween(picture: Tensor, before: Tensor, after: Tensor): Change {
  const [, height = 0, width = 0] = picture.shape;
  const isDark = hasBrightBorder(picture);
  const [own, from, to] = [picture, before, after].map((image) => strokesOf(image, isDark)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const shares = from.map((value, i) => {
    const change = (to[i] as number) - value;
    const share = Math.min(1, Math.max(0, (Math.abs(change) - LEAST) / (FULL - LEAST)));
    return change > 0 ? share : -share * Math.min(1, (own[i] as number) / DRAWN);
  });
  const regions = connected(Int32Array.from(shares, Math.sign), height, width, 1);
  const sums = new Map<number, { pixels: number[]; size: number; signed: number; y: number; x: number }>();
  shares.forEach((share, i) => {
    const size = Math.abs(share);
    if (size === 0) return;
    const region = regions[i] as number;
    const sum = sums.get(region) ?? { pixels: [], size: 0, signed: 0, y: 0, x: 0 };
    sum.pixels.push(i);
    sum.size += size;
    sum.signed += share;
    sum.y += size * Math.floor(i / width);
    sum.x += size * (i % width);
    sums.set(region, sum);
  });
  const largest = Math.max(0, ...[...sums.values()].map(({ size }) => size));
  const kept = [...sums.values()].filter(({ size }) => size >= SPECK * largest);
  const thirdOf = placer(
    own.map((value, i) => Math.max(value, to[i] as number)),
    height,
    width,
  );
  const pieces = kept
    .map(({ pixels, size, signed, y, x }): Piece => {
      return { kind: signed > 0 ? 'comes' : 'goes', size, pixels, third: thirdOf(y / size, x / size) };
    })
    .sort((a, b) => b.size - a.size);
  return withPieces({ shares, pieces }, pieces);
}

/** A change with these pieces of it alone, in this order. */
export function withPieces({ shares }: Change, pieces: readonly Piece[]): Change {
  const kept = new Float32Array(shares.length);
  for (const { pixels } of pieces) for (const pixel of pixels) kept[pixel] = shares[pixel] as number;
  return { shares: kept, pieces };
}

/** A picture with the pixels of a piece as another has them, in all channels: `[C, H, W]`. */
export function patched({ shape, data }: Tensor, from: Tensor, { pixels }: Pick<Piece, 'pixels'>): Tensor {
  const [, height = 1, width = 1] = shape;
  const mixed = Float32Array.from(data);
  for (let at = 0; at < data.length; at += height * width) {
    for (const pixel of pixels) mixed[at + pixel] = from.data[at + pixel] as number;
  }
  return { shape, data: mixed };
}

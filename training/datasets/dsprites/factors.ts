/**
 * The factors of dSprites (Matthey et al. 2017), slowest first. Images are numbered in the order of the official file:
 * index = (((shape·6 + scale)·40 + orientation)·32 + posX)·32 + posY.
 */
export const factorSizes = { shape: 3, scale: 6, orientation: 40, posX: 32, posY: 32 } as const;
export type FactorName = keyof typeof factorSizes;
export const factorNames = Object.keys(factorSizes) as FactorName[];

const sizes = Object.values(factorSizes);

/** 737,280 images, one for each combination. */
export const SPRITES = sizes.reduce((product, size) => product * size, 1);

/** Values of all factors of an image, as indices in the order of `factorNames`. @param index in `[0, SPRITES)` */
export function factorsOf(index: number): number[] {
  let rest = index;
  return sizes
    .toReversed()
    .map((size) => {
      const value = rest % size;
      rest = (rest - value) / size;
      return value;
    })
    .reverse();
}

/** The inverse of `factorsOf`. */
export function spriteIndex(factors: readonly number[]): number {
  return factors.reduce((index, value, i) => index * (sizes[i] as number) + value, 0);
}

/** `linspace(from, to, count)[i]`, both ends included. */
const spaced = (from: number, to: number, count: number, i: number): number => from + ((to - from) * i) / (count - 1);

/** In shares of the largest: 0.5 to 1. */
export const scaleAt = (i: number): number => spaced(0.5, 1, factorSizes.scale, i);

/** Radians, 0 to 2π with both ends, as the official file has it: the first and the last are the same turn. */
export const orientationAt = (i: number): number => spaced(0, 2 * Math.PI, factorSizes.orientation, i);

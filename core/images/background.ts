/** What to put behind the transparent pixels of an image. */

/** An image by its pixels, row by row, each from 0 to 255. */
export interface Transparency {
  readonly width: number;
  readonly height: number;
  alpha(pixel: number): number;
  brightness(pixel: number): number;
}

/**
 * Levels by which pixels at the edge must differ from those inside to say what was there before: ink of one colour,
 * however it was compressed, stays below.
 */
const LEANING = 8;

/**
 * 0 or 255: what was behind the ink before it was made transparent, as far as that shows, or else what contrasts with
 * the ink. It shows where strokes were softened against a page whose colour was then declared transparent: the pixels at
 * their edges lean towards it. The mean of the ink says little there, since thin strokes are mostly edge: black ink on
 * white may have a mean above one half. Where edges are softened by their alpha, all ink has one colour, and the mean
 * says what contrasts.
 */
export function backgroundOf({ width, height, alpha, brightness }: Transparency): 0 | 255 {
  let [opacity, light, openness, openness2, lightOpenness] = [0, 0, 0, 0, 0];
  const isOpen = (pixel: number): number => (alpha(pixel) < 128 ? 1 : 0);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const weight = alpha(i);
      if (weight === 0) continue;
      let open = 0;
      if (x > 0) open += isOpen(i - 1);
      if (x + 1 < width) open += isOpen(i + 1);
      if (y > 0) open += isOpen(i - width);
      if (y + 1 < height) open += isOpen(i + width);
      const value = brightness(i);
      opacity += weight;
      light += weight * value;
      openness += weight * open;
      openness2 += weight * open * open;
      lightOpenness += weight * value * open;
    }
  }
  if (opacity === 0) return 255;
  // by least squares: levels of brightness for each neighbour that is transparent
  const variance = openness2 - (openness * openness) / opacity;
  const slope = variance > 0 ? (lightOpenness - (light * openness) / opacity) / variance : 0;
  if (Math.abs(slope) >= LEANING) return slope > 0 ? 255 : 0;
  return light > 127.5 * opacity ? 0 : 255;
}

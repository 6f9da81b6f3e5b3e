import type { Tensor } from '../../tensor.ts';
import { connected } from './connected.ts';
import { labOf } from './lab.ts';

/**
 * Superpixels by SLIC: simple linear iterative clustering (Achanta et al. 2012, "SLIC Superpixels Compared to
 * State-of-the-Art Superpixel Methods", section III). k-means over colour in CIELAB and place, where each centre looks at
 * its surroundings only; then what is not connected, or too small, joins a neighbour. Nothing in it is random.
 */

export interface SlicOptions {
  /** How much place counts beside colour: the difference in CIELAB that weighs as much as one step of the grid. */
  readonly compactness?: number;
  readonly iterations?: number;
}

/** Centres of clusters, one after the other: row, column, L*, a*, b*. */
const CENTER = 5;

/** Where the centres of a grid of about `count` cells begin along the axes, in pixels, and how far apart they are. */
function gridOf(height: number, width: number, count: number) {
  const step = Math.max(1, Math.sqrt((height * width) / count));
  const along = (length: number): number[] => {
    // An image that is narrower than a cell is one cell across, as wide as the image.
    const cells = Math.max(1, Math.round(length / step));
    return Array.from({ length: cells }, (_, i) => ((i + 0.5) * length) / cells - 0.5);
  };
  return { step, rows: along(height), columns: along(width) };
}

/**
 * Which superpixel each pixel belongs to.
 * @param image `[C, H, W]` in [0, 1], C 1 (grey) or 3 (sRGB)
 * @param count how many superpixels, about: those of a grid of square cells
 * @returns `[H · W]`, 0 … n − 1 in the order in which they are first met, row by row; each is connected
 */
export function superpixelsOf(
  image: Tensor,
  count: number,
  { compactness = 10, iterations = 10 }: SlicOptions = {},
): Int32Array {
  const [, H = 0, W = 0] = image.shape;
  const { step, rows, columns } = gridOf(H, W, count);
  const lab = labOf(image);
  const centers = new Float64Array(rows.length * columns.length * CENTER);
  rows.forEach((y, i) => {
    columns.forEach((x, j) => {
      const at = (i * columns.length + j) * CENTER;
      const pixel = Math.round(y) * W + Math.round(x);
      centers.set([y, x, ...lab.subarray(pixel * 3, pixel * 3 + 3)], at);
    });
  });
  const labels = new Int32Array(H * W);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (!assign({ H, W, step, compactness, lab, centers }, labels)) break;
    recenter({ W, lab, centers }, labels);
  }
  return connected(labels, H, W, Math.floor(step ** 2 / 2));
}

interface Clusters {
  readonly H: number;
  readonly W: number;
  /** Distance of centres in the grid, in pixels. */
  readonly step: number;
  readonly compactness: number;
  /** `[H · W · 3]` */
  readonly lab: Float64Array;
  readonly centers: Float64Array;
}

/** Gives each pixel to the nearest centre within two steps of it. @returns whether any pixel changed hands */
function assign({ H, W, step, compactness, lab, centers }: Clusters, labels: Int32Array): boolean {
  const nearest = new Float64Array(H * W).fill(Number.POSITIVE_INFINITY);
  const [ofPlace, ofColour] = [1 / step ** 2, 1 / compactness ** 2];
  const before = Int32Array.from(labels);
  for (let k = 0; k * CENTER < centers.length; k++) {
    const [cy = 0, cx = 0, cl = 0, ca = 0, cb = 0] = centers.subarray(k * CENTER, (k + 1) * CENTER);
    const reach = 2 * step;
    for (let y = Math.max(0, Math.ceil(cy - reach)); y <= Math.min(H - 1, cy + reach); y++) {
      for (let x = Math.max(0, Math.ceil(cx - reach)); x <= Math.min(W - 1, cx + reach); x++) {
        const pixel = y * W + x;
        const colour =
          ((lab[pixel * 3] as number) - cl) ** 2 +
          ((lab[pixel * 3 + 1] as number) - ca) ** 2 +
          ((lab[pixel * 3 + 2] as number) - cb) ** 2;
        const distance = ((y - cy) ** 2 + (x - cx) ** 2) * ofPlace + colour * ofColour;
        if (distance < (nearest[pixel] as number)) {
          nearest[pixel] = distance;
          labels[pixel] = k;
        }
      }
    }
  }
  return labels.some((label, pixel) => label !== before[pixel]);
}

/** Moves each centre to the mean of its pixels; one that has none stays. */
function recenter({ W, lab, centers }: Pick<Clusters, 'W' | 'lab' | 'centers'>, labels: Int32Array): void {
  const sums = new Float64Array(centers.length);
  const counts = new Int32Array(centers.length / CENTER);
  labels.forEach((k, pixel) => {
    const of = [Math.floor(pixel / W), pixel % W, lab[pixel * 3], lab[pixel * 3 + 1], lab[pixel * 3 + 2]] as number[];
    for (let i = 0; i < CENTER; i++) sums[k * CENTER + i] = (sums[k * CENTER + i] as number) + (of[i] as number);
    counts[k] = (counts[k] as number) + 1;
  });
  counts.forEach((count, k) => {
    if (count === 0) return;
    for (let i = k * CENTER; i < (k + 1) * CENTER; i++) centers[i] = (sums[i] as number) / count;
  });
}

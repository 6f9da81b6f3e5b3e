import type { Tensor } from '../tensor.ts';
import { borderMedian } from './pixels.ts';
import { scaledInside } from './resample.ts';

/**
 * A drawing of strokes framed as such models are trained (LeCun et al. 1998 for MNIST): the ink's bounding box is
 * scaled, keeping its proportions, to `FRAME` of the canvas, and its centre of mass is put in the middle.
 * So a digit anywhere on a photograph, at any size, comes out as the model knows it.
 */

/** Side of the ink's bounding box over the side of the canvas: 20 pixels of 28. */
const FRAME = 20 / 28;

/** Share of the contrast below which a pixel is paper: what uneven light and compression leave on a blank page. */
const PAPER = 0.3;

/** Contrast below which an image holds no strokes: what a compressed blank page still varies by. */
const MIN_CONTRAST = 0.1;

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * @param image `[1, H, W]`, light strokes on dark, in [0, 1]
 * @returns `[1, height, width]`, background 0 and the strongest stroke 1; nothing when the image holds no strokes
 */
export function framedStrokes(image: Tensor, height: number, width: number): Tensor | undefined {
  const levels = inkLevels(image);
  if (levels === undefined) return undefined;
  const ink = scaledInside(cropped(levels, inkBox(levels)), Math.round(FRAME * height), Math.round(FRAME * width));
  return centred(ink, height, width);
}

/** Paper to 0, strongest stroke to 1. */
function inkLevels({ shape, data }: Tensor): Tensor | undefined {
  const background = borderMedian({ shape, data });
  const contrast = data.reduce((highest, value) => Math.max(highest, value), 0) - background;
  if (contrast < MIN_CONTRAST) return undefined;
  const level = (value: number): number => (value - background) / contrast;
  return { shape, data: data.map((value) => (level(value) < PAPER ? 0 : level(value))) };
}

/** The smallest box around all ink. */
function inkBox({ shape, data }: Tensor): Box {
  const [, height = 0, width = 0] = shape;
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}

function cropped({ shape, data }: Tensor, box: Box): Tensor {
  const [, , stride = 0] = shape;
  const out = new Float32Array(box.height * box.width);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * stride + box.left;
    out.set(data.subarray(from, from + box.width), y * box.width);
  }
  return { shape: [1, box.height, box.width], data: out };
}

/** On an empty canvas with the centre of mass on pixel (height / 2, width / 2), as far as the ink stays inside. */
function centred({ shape, data }: Tensor, height: number, width: number): Tensor {
  const [, h = 0, w = 0] = shape;
  let [mass, massY, massX] = [0, 0, 0];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const value = data[y * w + x] as number;
      mass += value;
      massY += value * y;
      massX += value * x;
    }
  }
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  const top = clamp(Math.round(height / 2 - massY / mass), height - h);
  const left = clamp(Math.round(width / 2 - massX / mass), width - w);
  const out = new Float32Array(height * width);
  for (let y = 0; y < h; y++) out.set(data.subarray(y * w, (y + 1) * w), (top + y) * width + left);
  return { shape: [1, height, width], data: out };
}

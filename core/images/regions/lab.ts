import type { Tensor } from '../../tensor.ts';

/** Colours as CIELAB, in which equal distances look about equally different (CIE 15; sRGB by IEC 61966-2-1, white D65). */

const WHITE = [0.95047, 1, 1.08883] as const;
const TO_XYZ = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
] as const;

const linear = (v: number): number => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92);
const root = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);

/**
 * @param image `[C, H, W]` in [0, 1], C 1 (grey) or 3 (sRGB)
 * @returns `[H · W · 3]`: L* in [0, 100], a*, b*
 */
export function labOf({ shape, data }: Tensor): Float64Array {
  const [C = 1] = shape;
  const pixels = data.length / C;
  const lab = new Float64Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const rgb = [0, 1, 2].map((c) => linear(data[(C === 1 ? 0 : c) * pixels + pixel] as number));
    const [fx = 0, fy = 0, fz = 0] = TO_XYZ.map((row, i) =>
      root(row.reduce((sum, weight, c) => sum + weight * (rgb[c] as number), 0) / (WHITE[i] as number)),
    );
    lab.set([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], pixel * 3);
  }
  return lab;
}

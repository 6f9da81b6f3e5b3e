import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { borderMedian, hasBrightBorder } from '../../../core/images/pixels.ts';
import { flattened, type ImageInput, type Pixels, toModelInput } from '../../../core/images/prepare.ts';
import { resampled } from '../../../core/images/resample.ts';
import { framedStrokes } from '../../../core/images/strokes.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';

const field: ImageInput = { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' };

/** A grey image from its value at (x, y), 0 to 255. */
function grey(width: number, height: number, valueAt: (x: number, y: number) => number): Pixels {
  const data = Array.from({ length: width * height }, (_, i) => valueAt(i % width, Math.floor(i / width)));
  return { width, height, channels: 1, data };
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const inside = ({ left, top, width, height }: Rectangle, x: number, y: number): boolean =>
  x >= left && x < left + width && y >= top && y < top + height;

/** Rectangles of full ink on 200 × 200. */
const drawing = (...rectangles: Rectangle[]): Tensor => ({
  shape: [1, 200, 200],
  data: Float32Array.from({ length: 200 * 200 }, (_, i) =>
    rectangles.some((rectangle) => inside(rectangle, i % 200, Math.floor(i / 200))) ? 1 : 0,
  ),
});

function inkOf({ shape, data }: Tensor) {
  const [, , stride = 0] = shape;
  const inked = Array.from(data.keys()).filter((i) => (data[i] as number) > 1e-6);
  const [columns, rows] = [inked.map((i) => i % stride), inked.map((i) => Math.floor(i / stride))];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const mass = data.reduce((sum, value) => sum + value, 0);
  const moment = (at: (i: number) => number) => data.reduce((sum, value, i) => sum + value * at(i), 0) / mass;
  return {
    width: Math.max(...columns) - left + 1,
    height: Math.max(...rows) - top + 1,
    centre: [moment((i) => i % stride), moment((i) => Math.floor(i / stride))] as const,
  };
}

const rectangles = fc.record({
  left: fc.nat(90),
  top: fc.nat(90),
  width: fc.integer({ min: 8, max: 90 }),
  height: fc.integer({ min: 8, max: 90 }),
});

describe('framed strokes', () => {
  const frame = (image: Tensor): Tensor => framedStrokes(image, 28, 28) as Tensor;

  it('do not depend on where they were drawn', () => {
    fc.assert(
      fc.property(rectangles, fc.nat(10), fc.nat(10), (rectangle, dx, dy) => {
        const moved = { ...rectangle, left: rectangle.left + dx + 1, top: rectangle.top + dy + 1 };
        const origin = { ...rectangle, left: rectangle.left + 1, top: rectangle.top + 1 };
        expect(frame(drawing(moved))).toEqual(frame(drawing(origin)));
      }),
      { numRuns: 40 },
    );
  });

  it('are 20 pixels along their longest side, in proportion, with the centre of mass on pixel 14', () => {
    fc.assert(
      fc.property(rectangles, (rectangle) => {
        const { width, height, centre } = inkOf(
          frame(drawing({ ...rectangle, left: rectangle.left + 1, top: rectangle.top + 1 })),
        );
        const longest = Math.max(rectangle.width, rectangle.height);
        expect(Math.max(width, height)).toBe(20);
        expectClose([width, height], [(20 * rectangle.width) / longest, (20 * rectangle.height) / longest], {
          absolute: 0.51,
        });
        expectClose(centre, [14, 14], { absolute: 0.51 });
      }),
      { numRuns: 40 },
    );
  });

  it('are not found on blank or nearly blank paper', () => {
    expect(framedStrokes(drawing(), 28, 28)).toBeUndefined();
    const faint = drawing({ left: 50, top: 50, width: 20, height: 20 });
    expect(framedStrokes({ ...faint, data: faint.data.map((value) => 0.3 + 0.05 * value) }, 28, 28)).toBeUndefined();
  });
});

describe('resampling', () => {
  it('keeps the mean, and the image itself at its own size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (height, width) => {
        const data = Float32Array.from({ length: 13 * 17 }, (_, i) => ((i * 29) % 64) / 64);
        const mean = (t: Tensor) => t.data.reduce((sum, value) => sum + value, 0) / t.data.length;
        const image = { shape: [1, 13, 17], data };
        expectClose(mean(resampled(image, height, width)), mean(image), { absolute: 1e-5 });
        expectClose(resampled(image, 13, 17).data, data, { absolute: 1e-7 });
      }),
    );
  });
});

describe('an image as a model takes it', () => {
  const bar = (x: number, y: number): boolean => x > 60 && x < 80 && y > 30 && y < 150;

  it('passes exactly at the model’s own size: byte / 255', () => {
    const image = grey(28, 28, (x, y) => (x > 5 && x < 20 && y > 3 ? (x * 13 + y * 7) % 256 : 0));
    const { shape, data } = toModelInput(flattened(image), field, 'auto');
    expect(shape).toEqual([1, 1, 28, 28]);
    expect(data).toEqual(Float32Array.from(image.data, (byte) => byte / 255));
  });

  it('turns dark ink on light paper round, unless told not to', () => {
    const dark = flattened(grey(28, 28, (x, y) => (bar(3 * x, 5 * y) ? 0 : 255)));
    const light = flattened(grey(28, 28, (x, y) => (bar(3 * x, 5 * y) ? 255 : 0)));
    expect(toModelInput(dark, field, 'auto')).toEqual(toModelInput(light, field, 'auto'));
    expect(toModelInput(dark, field, 'true')).toEqual(toModelInput(light, field, 'false'));
    expect(toModelInput(dark, field, 'false')).not.toEqual(toModelInput(light, field, 'false'));
    const { foreground: _, ...whatever } = field;
    expect(toModelInput(dark, whatever, 'auto')).toEqual(toModelInput(dark, field, 'false'));
    expect(toModelInput(light, { ...field, foreground: 'dark' }, 'auto')).toEqual(toModelInput(dark, field, 'false'));
  });

  it('frees a photograph from its uneven paper', () => {
    const photo = grey(200, 200, (x, y) => (bar(x, y) ? 40 : 190 + ((x * 31 + y * 17) % 25)));
    const clean = grey(200, 200, (x, y) => (bar(x, y) ? 0 : 255));
    const [got, expected] = [photo, clean].map((image) => toModelInput(flattened(image), field, 'auto'));
    expectClose((got as Tensor).data, (expected as Tensor).data, { absolute: 0.1 });
  });

  it('gives 256 levels, so that it can be kept as a file and read again', () => {
    const image = flattened(grey(91, 133, (x, y) => (bar(x, y) ? 255 - ((x * y) % 60) : 0)));
    const input = toModelInput(image, field, 'auto');
    const bytes = Array.from(input.data, (value) => Math.round(255 * value));
    expect(input.data).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
    const again = toModelInput(flattened({ width: 28, height: 28, channels: 1, data: bytes }), field, 'auto');
    expect(again).toEqual(input);
  });

  it('is fitted whole, centred on its background, for a model of three channels', () => {
    const red = {
      width: 4,
      height: 2,
      channels: 3,
      data: Array.from({ length: 8 }, () => [255, 0, 51]).flat(),
    } as const;
    const colour: ImageInput = { kind: 'image', channels: 3, height: 8, width: 8 };
    const { shape, data } = toModelInput(flattened(red), colour, 'auto');
    expect(shape).toEqual([1, 3, 8, 8]);
    expectClose([data[0] as number, data[64] as number, data[128] as number], [1, 0, 0.2], { absolute: 1e-6 });
  });

  it('shows transparent drawings on what contrasts with them', () => {
    const ink = (value: number): Pixels => ({ width: 2, height: 1, channels: 2, data: [value, 255, 99, 0] });
    expect([...flattened(ink(0)).data.subarray(0, 2)]).toEqual([0, 1]);
    expect([...flattened(ink(255)).data.subarray(0, 2)]).toEqual([1, 0]);
  });
});

describe('a bright border', () => {
  it('is one whose median is over one half', () => {
    const anyImage = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
      .chain(([height, width]) =>
        fc
          .array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), { minLength: height * width, maxLength: height * width })
          .map((values) => ({ shape: [1, height, width], data: Float32Array.from(values) })),
      );
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(hasBrightBorder(image)).toBe(borderMedian(image) > 0.5);
      }),
      { numRuns: 500 },
    );
  });
});

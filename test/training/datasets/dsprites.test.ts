import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../training/datasets/dataset.ts';
import { dsprites } from '../../../training/datasets/dsprites/dsprites.ts';
import {
  factorNames,
  factorSizes,
  factorsOf,
  orientationAt,
  SPRITES,
  scaleAt,
  spriteIndex,
} from '../../../training/datasets/dsprites/factors.ts';
import { generatedImages } from '../../../training/datasets/dsprites/generated.ts';
import { drawSprite, SPRITE_SIDE, shapes } from '../../../training/datasets/dsprites/sprite.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { nowhere } from './helpers.ts';

const anIndex = fc.integer({ min: 0, max: SPRITES - 1 });
const area = (pixels: ArrayLike<number>) => Array.from(pixels).reduce((sum, value) => sum + value, 0);

describe('the factors of dSprites', () => {
  it('number 737,280 images in the order of the official file', () => {
    expect(SPRITES).toBe(737_280);
    expect(factorNames).toEqual(['shape', 'scale', 'orientation', 'posX', 'posY']);
    expect(factorsOf(1)).toEqual([0, 0, 0, 0, 1]);
    expect(factorsOf(32)).toEqual([0, 0, 0, 1, 0]);
    expect(factorsOf(1024)).toEqual([0, 0, 1, 0, 0]);
    expect(factorsOf(40_960)).toEqual([0, 1, 0, 0, 0]);
    expect(factorsOf(245_760)).toEqual([1, 0, 0, 0, 0]);
    expect(factorsOf(SPRITES - 1)).toEqual([2, 5, 39, 31, 31]);
  });

  it('are one to one with the indices', () => {
    fc.assert(
      fc.property(anIndex, (index) => {
        const factors = factorsOf(index);
        expect(spriteIndex(factors)).toBe(index);
        expect(factors.every((value, i) => value >= 0 && value < (Object.values(factorSizes)[i] as number))).toBe(true);
      }),
    );
  });

  it('are evenly spaced, both ends included', () => {
    expect([0, 1, 2, 3, 4, 5].map(scaleAt)).toEqual([0.5, 0.6, 0.7, 0.8, 0.9, 1].map((v) => expect.closeTo(v, 12)));
    expect([orientationAt(0), orientationAt(39)]).toEqual([0, 2 * Math.PI]);
  });
});

/** Pixels at scale 1: a side of 22.6; half axes of 15.5 and 9; 3.661 times the square of the heart's unit, 11.8. */
const curveAreas = { square: 22.6 ** 2, ellipse: Math.PI * 15.5 * 9, heart: 3.661 * 11.8 ** 2 };

describe.each(shapes)('a %s', (shape) => {
  const orientations = Array.from({ length: 40 }, (_, i) => orientationAt(i));

  it('grows with its scale, at every orientation', () => {
    for (const orientation of orientations) {
      const areas = [0, 1, 2, 3, 4, 5].map((i) => area(drawSprite(shape, scaleAt(i), orientation)));
      expect(areas).toEqual([...areas].sort((a, b) => a - b));
      expect(new Set(areas).size).toBe(6);
    }
  });

  it('has the area of the curve around it, in the mean over all orientations, within 2 %', () => {
    for (const scale of [0.5, 0.7, 1]) {
      const areas = orientations.map((orientation) => area(drawSprite(shape, scale, orientation)));
      expect(Math.abs(area(areas) / areas.length / (scale * scale * curveAreas[shape]) - 1)).toBeLessThan(0.02);
    }
  });

  it('is whole: its outermost pixels stay empty', () => {
    for (const orientation of orientations) {
      const pixels = drawSprite(shape, 1, orientation);
      const ring = pixels.filter((_, i) => {
        const [x, y] = [i % SPRITE_SIDE, Math.floor(i / SPRITE_SIDE)];
        return x === 0 || y === 0 || x === SPRITE_SIDE - 1 || y === SPRITE_SIDE - 1;
      });
      expect(area(ring)).toBe(0);
    }
  });
});

describe('turning', () => {
  /** A quarter turn of an image, clockwise. */
  const quarter = (pixels: Uint8Array) =>
    pixels.map(
      (_, i) => pixels[(SPRITE_SIDE - 1 - (i % SPRITE_SIDE)) * SPRITE_SIDE + Math.floor(i / SPRITE_SIDE)] as number,
    );

  it.each(shapes)('a %s by 90° turns its pixels', (shape) => {
    for (const orientation of [0, 0.4, 1.3]) {
      const turned = drawSprite(shape, 0.8, orientation + Math.PI / 2);
      expect(turned).toEqual(quarter(drawSprite(shape, 0.8, orientation)));
    }
  });

  it('has the symmetry of the shape: 90° for the square, 180° for the ellipse, none for the heart', () => {
    const same = (shape: (typeof shapes)[number], angle: number) =>
      [0, 0.3, 1.1].every((at) => drawSprite(shape, 0.9, at).join() === drawSprite(shape, 0.9, at + angle).join());
    expect([same('square', Math.PI / 2), same('ellipse', Math.PI / 2), same('heart', Math.PI / 2)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([same('square', Math.PI), same('ellipse', Math.PI), same('heart', Math.PI)]).toEqual([true, true, false]);
  });
});

describe('generated images', () => {
  const { gather, sha256 } = generatedImages();
  const imageOf = (...factors: number[]) => gather(Int32Array.of(spriteIndex(factors)));

  it('are 64 × 64, of zeros and ones, and hold the whole sprite', () => {
    fc.assert(
      fc.property(anIndex, (index) => {
        const image = gather(Int32Array.of(index));
        const [shape = 0, scale = 0, orientation = 0] = factorsOf(index);
        expect(image).toHaveLength(4096);
        expect(new Set(image)).toEqual(new Set([0, 1]));
        expect(area(image)).toBe(
          area(drawSprite(shapes[shape] as 'heart', scaleAt(scale), orientationAt(orientation))),
        );
      }),
    );
  });

  it('move by one pixel a step: posX to the right, posY down', () => {
    const image = imageOf(2, 3, 7, 10, 20);
    const moved = (right: number, down: number) =>
      image.map((_, i) => {
        const [x, y] = [(i % 64) - right, Math.floor(i / 64) - down];
        return x < 0 || y < 0 || x > 63 || y > 63 ? 0 : (image[y * 64 + x] as number);
      });
    expect(imageOf(2, 3, 7, 11, 20)).toEqual(moved(1, 0));
    expect(imageOf(2, 3, 7, 10, 31)).toEqual(moved(0, 11));
  });

  it('come in the order asked for', () => {
    const rows = Int32Array.of(700_000, 3, 99_999);
    expect([...gather(rows)]).toEqual([...rows].flatMap((row) => [...gather(Int32Array.of(row))]));
  });

  it('are the same everywhere and for ever', () => {
    expect(sha256).toBe('3925a17a38b970102d27a8ce456915c3492dbff729419b8097514346ae6470b2');
  });
});

describe('dSprites', () => {
  let dataset: Dataset;
  beforeAll(async () => {
    dataset = await loadDataset(dsprites.schema.parse({ name: 'dsprites' }), nowhere);
  });

  it('is all images, a tenth of each shape for the test', () => {
    const { train, test, classes } = dataset;
    expect([train.shape, test.shape]).toEqual([
      [663_552, 1, 64, 64],
      [73_728, 1, 64, 64],
    ]);
    expect(classes).toEqual(['square', 'ellipse', 'heart']);
    expect([0, 1, 2].map((c) => test.labels.filter((label) => label === c).length)).toEqual([24_576, 24_576, 24_576]);
  });

  it('knows the factors behind each image', () => {
    const { train, test, factors } = dataset;
    const { gather } = generatedImages();
    for (const [part, split] of [
      ['train', train],
      ['test', test],
    ] as const) {
      const rows = Int32Array.of(5, 70_000, 12_345);
      const values = factors?.of(part, rows) as Int32Array;
      const indices = Int32Array.from(rows, (_, i) => spriteIndex([...values.subarray(5 * i, 5 * i + 5)]));
      expect(split.gather(rows)).toEqual(gather(indices));
      expect(Array.from(rows, (row) => split.labels[row])).toEqual(Array.from(rows, (_, i) => values[5 * i]));
    }
    expect(factors?.sizes).toEqual([3, 6, 40, 32, 32]);
  });

  it('has every image in one part', () => {
    const { train, test, factors } = dataset;
    const seen = new Uint8Array(SPRITES);
    for (const [part, split] of [
      ['train', train],
      ['test', test],
    ] as const) {
      const rows = Int32Array.from(split.labels.keys());
      const values = factors?.of(part, rows) as Int32Array;
      for (let i = 0; i < rows.length; i++) {
        const at = 5 * i;
        const index =
          ((((values[at] as number) * 6 + (values[at + 1] as number)) * 40 + (values[at + 2] as number)) * 32 +
            (values[at + 3] as number)) *
            32 +
          (values[at + 4] as number);
        seen[index] = (seen[index] as number) + 1;
      }
    }
    expect(seen.every((times) => times === 1)).toBe(true);
  });
});

describe('a share of dSprites', () => {
  it('uses that share of the images, and its factors are those of its images', async () => {
    const config = { name: 'dsprites', share: 0.01, splitSeed: 4 } as const;
    const { train, test, factors } = await loadDataset(dsprites.schema.parse(config), nowhere);
    expect(train.labels.length + test.labels.length).toBe(Math.round(0.01 * SPRITES));
    const rows = Int32Array.of(0, 5, 300);
    const values = factors?.of('test', rows) as Int32Array;
    const whole = generatedImages();
    rows.forEach((row, i) => {
      const index = spriteIndex([...values.subarray(5 * i, 5 * i + 5)]);
      expect(test.gather(Int32Array.of(row))).toEqual(whole.gather(Int32Array.of(index)));
      expect(values[5 * i]).toBe(test.labels[row]);
    });
  });
});

import { describe, expect, it } from 'vitest';
import { flattened, type Pixels } from '../../../core/images/prepare.ts';
import { digitBytes } from '../../serve/fixtures.ts';

/** What is put behind transparency: a page of which one colour was made transparent comes back as it was. */

const SIDE = 28;
const LEVELS = Uint8Array.from(Array.from({ length: 256 }, (_, value) => value));

/** A page of grey pixels, of which those of one colour were declared transparent (a PNG's tRNS). */
function without(page: Uint8Array, colour: number): Pixels & { readonly data: Uint8Array } {
  const data = new Uint8Array(2 * page.length);
  page.forEach((value, i) => {
    data[2 * i] = value;
    data[2 * i + 1] = value === colour ? 0 : 255;
  });
  return { width: SIDE, height: SIDE, channels: 2, data };
}

const bytesOf = (image: Pixels): number[] => [...flattened(image).data].map((value) => Math.round(255 * value));

/** Thin strokes: each level of the ink is moved towards the page. */
const thinned = (page: Uint8Array): Uint8Array => page.map((value) => (value === 0 ? 0 : Math.max(1, value - 128)));
const negative = (page: Uint8Array): Uint8Array => page.map((value) => 255 - value);

describe('one colour of a page declared transparent', () => {
  const digits = Array.from({ length: 40 }, (_, i) => Uint8Array.from(digitBytes(i)));
  it('comes back: white under black strokes, black under white ones, thick and thin', () => {
    for (const digit of digits) {
      for (const light of [digit, thinned(digit)]) {
        expect(bytesOf(without(light, 0))).toEqual([...light]);
        const dark = negative(light);
        expect(bytesOf(without(dark, 255))).toEqual([...dark]);
      }
    }
  });
});

describe('ink of one colour with soft edges', () => {
  const alpha = Uint8Array.from(digitBytes(0));
  const drawn = (ink: number): Pixels => {
    const data = new Uint8Array(2 * alpha.length);
    alpha.forEach((value, i) => {
      data.set([ink, value], 2 * i);
    });
    return { width: SIDE, height: SIDE, channels: 2, data };
  };
  it('lies on what contrasts with it', () => {
    for (const ink of LEVELS) {
      const corner = flattened(drawn(ink)).data[0];
      expect(corner, String(ink)).toBe(ink > 127 ? 0 : 1);
    }
  });

  it('and nothing at all on white', () => {
    const data = new Uint8Array(2 * SIDE * SIDE);
    expect(flattened({ width: SIDE, height: SIDE, channels: 2, data }).data[0]).toBe(1);
  });
});

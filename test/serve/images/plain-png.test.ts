import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { toColour } from '../../../core/images/pixels.ts';
import { flattened, type Pixels } from '../../../core/images/prepare.ts';
import { openImage } from '../../../serve/images/decode.ts';
import { decodePlainPng, plainPngHeader } from '../../../serve/images/plain-png.ts';
import { digit, digitPng, hugePng, pngOf } from '../fixtures.ts';

/** Any small image of 8 bits a channel, as sharp writes it. */
const anyImage = fc
  .record({
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 20 }),
    channels: fc.constantFrom(1, 2, 3, 4),
    compressionLevel: fc.integer({ min: 0, max: 9 }),
    adaptiveFiltering: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ width, height, channels, seed, ...options }) => {
    const data = Buffer.from(
      Array.from({ length: width * height * channels }, (_, i) => ((i + seed) * (i * 7 + 3 + (seed % 11))) % 256),
    );
    return { data, raw: { width, height, channels: channels as 1 | 2 | 3 | 4 }, options };
  });

describe('a plain PNG', () => {
  it('decodes to what sharp decodes it to', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(anyImage, async ({ data, raw, options }) => {
        const space = raw.channels < 3 ? 'b-w' : 'srgb';
        const png = await sharp(data, { raw }).toColourspace(space).png(options).toBuffer();
        const header = plainPngHeader(png);
        if (header === undefined) return;
        seen += 1;
        expect(header).toEqual(raw);
        const file = await openImage(png, 'image 0', { maxPixels: 1e6 });
        const bySharp = await file.decode({ width: 1000, height: 1000, enlarge: false });
        expect(toColour(flattened(decodePlainPng(png, 'image 0')))).toEqual(toColour(flattened(bySharp as Pixels)));
      }),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(30);
  });

  it('is none where there is much more of it than its pixels: those are not gone through on the event loop', async () => {
    const whole = await digitPng(0);
    const empty = Buffer.from('0000000049444154' + '35af061e', 'hex'); // an IDAT chunk without data
    const withChunks = (count: number): Buffer =>
      Buffer.concat([whole.subarray(0, -12), ...Array.from({ length: count }, () => empty), whole.subarray(-12)]);
    expect(decodePlainPng(withChunks(10), 'image 0')).toEqual(decodePlainPng(whole, 'image 0'));
    expect(plainPngHeader(withChunks(10_000))).toBeUndefined();
  });

  it.each([
    ['a palette', () => digit(0).png({ palette: true }).toBuffer()],
    ['interlaced', () => digit(0).png({ progressive: true }).toBuffer()],
    ['16 bits', () => digit(0).toColourspace('grey16').png().toBuffer()],
    ['a colour profile', () => digit(0).toColourspace('srgb').withIccProfile('p3').png().toBuffer()],
    ['an orientation', () => digit(0).withMetadata({ orientation: 6 }).png().toBuffer()],
    ['a JPEG', () => digit(0).jpeg().toBuffer()],
    ['something behind its end', async () => Buffer.concat([await digitPng(0), Buffer.from('more')])],
    ['cut off', async () => (await digitPng(0)).subarray(0, -5)],
    ['nothing', async () => Buffer.alloc(0)],
  ])('is not one with %s', async (_, bytes) => {
    expect(plainPngHeader(await bytes())).toBeUndefined();
  });

  it('whose bytes are wrong is refused', async () => {
    const png = await digitPng(0);
    const data = png.indexOf('IDAT') + 4;
    for (let at = data; at < png.length - 12; at += 7) {
      const broken = Buffer.from(png);
      broken[at] = (broken[at] as number) ^ 0x55;
      expect(plainPngHeader(broken)).toBeDefined();
      expect(() => decodePlainPng(broken, 'image 3')).toThrow(/^image 3: cannot be decoded: /);
    }
    const promises = hugePng(2000);
    expect(plainPngHeader(promises)).toMatchObject({ width: 2000, height: 2000 });
    expect(() => decodePlainPng(promises, 'image 0')).toThrow(
      /its data are 64 bytes, and its width and height say 4002000/,
    );
    const bomb = pngOf(2, 2, deflateSync(Buffer.alloc(2_000_000)));
    expect(() => decodePlainPng(bomb, 'image 0')).toThrow(/its data are longer than its width and height say, 6 bytes/);
    const filter = pngOf(1, 1, deflateSync(Buffer.from([5, 0])));
    expect(() => decodePlainPng(filter, 'image 0')).toThrow(/filter 5 of row 0 is none/);
  });
});

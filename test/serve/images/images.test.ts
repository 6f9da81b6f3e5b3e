import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ImageInput } from '../../../core/images/prepare.ts';
import { openImage } from '../../../serve/images/decode.ts';
import { prepareImage } from '../../../serve/images/prepare.ts';
import { digit, digitBytes, digitPng, drawnDigit, hugePng } from '../fixtures.ts';

const mnist: ImageInput = { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' };
const plain: ImageInput = { kind: 'image', channels: 3, height: 8, width: 8 };
const options = { invert: 'auto', maxPixels: 50_000_000 } as const;

const prepare = (bytes: Buffer, input = mnist, invert: 'auto' | 'true' | 'false' = 'auto') =>
  prepareImage(bytes, 'image 0', input, { ...options, invert });

/** `[H · W]` in [0, 1], as a model sees a digit. */
const exact = (index: number): number[] => Array.from(Float32Array.from(digitBytes(index), (byte) => byte / 255));

/** Squared distance over the squared length of the reference. */
function relativeError(actual: Float32Array, reference: number[]): number {
  const squares = (values: number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  return squares(reference.map((value, i) => value - (actual[i] as number))) / squares(reference);
}

describe('an image of the model’s size and polarity passes exactly', () => {
  it.each([
    ['grey PNG', (i: number) => digitPng(i)],
    ['RGB PNG', (i: number) => digit(i).toColourspace('srgb').png().toBuffer()],
    ['palette PNG', (i: number) => digit(i).png({ palette: true, colours: 256, dither: 0 }).toBuffer()],
    ['opaque RGBA PNG', (i: number) => digit(i).toColourspace('srgb').ensureAlpha().png().toBuffer()],
    ['opaque grey and alpha PNG', (i: number) => digit(i).ensureAlpha().toColourspace('b-w').png().toBuffer()],
    ['lossless WebP', (i: number) => digit(i).webp({ lossless: true }).toBuffer()],
    ['16-bit PNG', (i: number) => sixteenBit(i)],
  ])('%s', async (_, encode) => {
    for (const index of [0, 1, 2, 3]) {
      const { shape, data } = await prepare(await encode(index));
      expect(shape).toEqual([1, 1, 28, 28]);
      expect(Array.from(data)).toEqual(exact(index));
    }
  });

  it('in colour, for a model of three channels', async () => {
    const bytes = Buffer.from(Array.from({ length: 192 }, (_, i) => (i * 37) % 256));
    const png = await sharp(bytes, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer();
    const { shape, data } = await prepare(png, plain);
    expect(shape).toEqual([1, 3, 8, 8]);
    expect(data[64 + 5]).toBe(Math.fround((bytes[5 * 3 + 1] as number) / 255));
  });
});

async function sixteenBit(index: number): Promise<Buffer> {
  const wide = Uint16Array.from(digitBytes(index), (byte) => byte * 257);
  const png = await sharp(wide, { raw: { width: 28, height: 28, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  expect((await sharp(png).metadata()).depth).toBe('ushort');
  return png;
}

describe('polarity', () => {
  const negative = (index: number) => digit(index).negate().png().toBuffer();

  it('auto turns a dark digit on white around, and only that', async () => {
    const { data } = await prepare(await negative(0));
    expect(relativeError(data, exact(0))).toBeLessThan(1e-10);
  });

  it('true and false do as they say', async () => {
    expect(Array.from((await prepare(await negative(0), mnist, 'false')).data)).not.toEqual(exact(0));
    const { data } = await prepare(await negative(0), mnist, 'true');
    expect(relativeError(data, exact(0))).toBeLessThan(1e-10);
  });

  it('auto turns a light digit around for a model of dark strokes', async () => {
    const dark = { ...mnist, foreground: 'dark' } as const;
    const { data } = await prepare(await digitPng(0), dark);
    const turned = exact(0).map((value) => 1 - value);
    expect(relativeError(data, turned)).toBeLessThan(1e-10);
    expect(Array.from((await prepare(await negative(0), dark)).data)).toHaveLength(784);
  });

  it('auto leaves a model without a foreground alone', async () => {
    const { foreground: _, ...indifferent } = mnist;
    const { data } = await prepare(await negative(0), indifferent);
    expect(relativeError(data, exact(0))).toBeGreaterThan(1);
  });
});

describe('a drawing of another size is framed like the digits of the training set', () => {
  const tolerated = 0.25; // of the digit's energy; a digit off by one pixel already differs by about 0.6

  it.each([
    [
      'light on dark, ten times as large',
      (i: number) => digit(i).resize(280, 280, { kernel: 'cubic' }).png().toBuffer(),
    ],
    ['dark on a white page, off centre, JPEG', async (i: number) => (await drawnDigit(i)).jpeg().toBuffer()],
    [
      'faint on grey paper',
      async (i: number) => (await drawnDigit(i)).linear(0.5, 90).jpeg({ quality: 70 }).toBuffer(),
    ],
    ['black ink on nothing', (i: number) => inkOnNothing(i)],
    ['grey and alpha', (i: number) => greyAndAlpha(i)],
    [
      'white ink on nothing',
      async (i: number) =>
        sharp(await inkOnNothing(i))
          .negate({ alpha: false })
          .png()
          .toBuffer(),
    ],
    [
      'turned by its EXIF orientation',
      async (i: number) => (await drawnDigit(i)).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer(),
    ],
  ])('%s', async (_, encode) => {
    for (const index of [0, 1, 2, 3, 4]) {
      const { shape, data } = await prepare(await encode(index));
      expect(shape).toEqual([1, 1, 28, 28]);
      expect(relativeError(data, exact(index))).toBeLessThan(tolerated);
    }
  });

  /** The digit as alpha, black where it is opaque. */
  async function inkOnNothing(index: number): Promise<Buffer> {
    const alpha = await (await drawnDigit(index))
      .negate()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = alpha.info;
    return sharp({ create: { width, height, channels: 3, background: 'black' } })
      .joinChannel(alpha.data, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
  }

  async function greyAndAlpha(index: number): Promise<Buffer> {
    const png = await sharp(await inkOnNothing(index))
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect(await sharp(png).metadata()).toMatchObject({ space: 'b-w', channels: 2 });
    return png;
  }

  it('a blank page is fitted as it is', async () => {
    const page = await sharp({ create: { width: 300, height: 100, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    expect(new Set((await prepare(page)).data)).toEqual(new Set([0]));
  });
});

it('a model without a foreground gets the whole image, centred on its background', async () => {
  const wide = await sharp({ create: { width: 80, height: 40, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer();
  const { shape, data } = await prepare(wide, plain);
  expect(shape).toEqual([1, 3, 8, 8]);
  expect(Array.from(data)).toEqual([...Array(64).fill(1), ...Array(128).fill(0)]);
});

describe('what cannot be decoded is refused', () => {
  it('text, whatever it is called', async () => {
    await expect(prepare(Buffer.from('I am digit.png'))).rejects.toMatchObject({ code: 'unsupported_media_type' });
  });

  it('a GIF and an SVG', async () => {
    for (const bytes of [await digit(0).gif().toBuffer(), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]) {
      await expect(prepare(bytes)).rejects.toMatchObject({ code: 'unsupported_media_type' });
    }
  });

  it('20,000 × 20,000 pixels, from the header alone', async () => {
    const started = performance.now();
    await expect(prepare(hugePng())).rejects.toMatchObject({
      code: 'image_too_large',
      details: { width: 20_000, height: 20_000, pixels: 4e8, maxPixels: 5e7 },
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ['JPEG', 'jpeg'],
    ['PNG', 'png'],
    ['WebP', 'webp'],
  ] as const)('a truncated %s', async (_, format) => {
    const whole = await (await drawnDigit(0)).toFormat(format).toBuffer();
    for (const share of [0.02, 0.5, 0.9]) {
      const part = whole.subarray(0, Math.max(16, Math.floor(whole.length * share)));
      await expect(prepare(part)).rejects.toMatchObject({ code: 'invalid_image' });
    }
  });
});

it('an image that takes longer to decode than it may is given up', async () => {
  const image = await openImage(await digitPng(0), 'image 0', { maxPixels: 1000, maxSeconds: 1 });
  const started = performance.now();
  // far larger than any model wants: several seconds of work
  await expect(image.decode({ width: 30_000, height: 30_000, enlarge: true })).rejects.toMatchObject({
    code: 'image_too_large',
    message: 'image 0: takes more than 1 s to decode',
  });
  expect(performance.now() - started).toBeGreaterThan(900);
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareImage } from '../../serve/images/prepare.ts';
import { imageToTensor, tensorToPixels } from '../../web-client/images.ts';

type Rgba = readonly [number, number, number, number];

const image = (width: number, pixels: readonly Rgba[]) => ({
  width,
  height: pixels.length / width,
  data: pixels.flat(),
});

const greys = image(
  16,
  Array.from({ length: 256 }, (_, v): Rgba => [v, v, v, 255]),
);

const grey = { kind: 'image', channels: 1, height: 16, width: 16 } as const;
const colour = { kind: 'image', channels: 3, height: 2, width: 2 } as const;

describe('imageToTensor', () => {
  it('takes opaque greys of the model’s size as exactly value / 255', () => {
    const { shape, data } = imageToTensor(greys, grey);
    expect(shape).toEqual([1, 1, 16, 16]);
    expect(data).toEqual(Float32Array.from({ length: 256 }, (_, v) => v / 255));
  });

  it('refuses a model of features', () => {
    const tabular = { kind: 'tabular', features: [{ name: 'age', range: [0, 99] as [number, number] }] } as const;
    expect(() => imageToTensor(greys, { ...tabular, features: [...tabular.features] })).toThrow(
      expect.objectContaining({ code: 'unsupported_input' }),
    );
  });

  it('gives the very numbers of the server, whatever the size, the colours and the transparency', async () => {
    const field = { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' } as const;
    for (const size of [28, 57, 200]) {
      const pixels = Array.from({ length: size * size }, (_, i): Rgba => {
        const [x, y] = [(i % size) / size, Math.floor(i / size) / size];
        const ink = x > 0.3 && x < 0.45 && y > 0.2 && y < 0.8;
        return ink ? [30, 60, 20 + Math.round(90 * y), 255] : [250, 240, 230, x > 0.8 ? 0 : 255];
      });
      const drawn = image(size, pixels);
      const png = await sharp(Buffer.from(drawn.data), { raw: { width: size, height: size, channels: 4 } })
        .png()
        .toBuffer();
      const served = await prepareImage(png, 'image', field, { invert: 'auto', maxPixels: 1e6 });
      expect(imageToTensor(drawn, field)).toEqual(served);
    }
  });
});

describe('tensorToPixels', () => {
  it('undoes imageToTensor', () => {
    expect(Array.from(tensorToPixels(imageToTensor(greys, grey)).data)).toEqual(greys.data);
    const colours = image(2, [
      [1, 2, 3, 255],
      [250, 128, 0, 255],
      [9, 8, 7, 255],
      [255, 255, 255, 255],
    ]);
    expect(Array.from(tensorToPixels(imageToTensor(colours, colour)).data)).toEqual(colours.data);
  });

  it('picks one image of a batch, and clamps', () => {
    const batch = { shape: [2, 1, 1, 2], data: Float32Array.of(0, 0, -0.5, 1.5) };
    expect(Array.from(tensorToPixels(batch, 1).data)).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });

  it.each([
    [[1, 2, 1, 1], 0],
    [[1, 1, 2], 0],
    [[1, 1, 1, 2], 1],
  ])('refuses shape %j, index %i', (shape, index) => {
    const given = { shape, data: new Float32Array(2) };
    expect(() => tensorToPixels(given, index)).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
  });
});

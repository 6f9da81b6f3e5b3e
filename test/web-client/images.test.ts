import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resampled } from '../../core/images/resample.ts';
import { prepareImage } from '../../serve/images/prepare.ts';
import type { PixelImage } from '../../web-client/canvas.ts';
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

  it('gives the very numbers of the server up to 256 pixels a side, whatever the colours and the transparency', async () => {
    const field = { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' } as const;
    for (const size of [28, 57, 200, 256]) {
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

describe('an image that does not fit the box', () => {
  const drawn: [width: number, height: number][] = [];

  /** A canvas that keeps what is put on it and scales by the area averages of `core/`. */
  class FakeCanvas {
    readonly width: number;
    readonly height: number;
    #pixels: PixelImage;
    constructor(width: number, height: number) {
      this.width = width;
      this.height = height;
      this.#pixels = { width, height, data: new Uint8ClampedArray(4 * width * height) };
    }
    getContext() {
      return {
        canvas: this,
        putImageData: (pixels: PixelImage) => {
          this.#pixels = pixels;
        },
        drawImage: (source: FakeCanvas, _x: number, _y: number, width: number, height: number) => {
          drawn.push([width, height]);
          const { data } = scaledTo(source.#pixels, width, height);
          this.#pixels = { width, height, data };
        },
        getImageData: () => this.#pixels,
      };
    }
  }

  class FakeImageData {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number) {
      this.data = data;
      this.width = width;
      this.height = data.length / 4 / width;
    }
  }

  function scaledTo({ width, height, data }: PixelImage, toWidth: number, toHeight: number): PixelImage {
    const at = (c: number, i: number) => (data[4 * i + c] as number) / 255;
    const planes = Float32Array.from({ length: 4 * width * height }, (_, i) =>
      at(Math.floor(i / (width * height)), i % (width * height)),
    );
    const { data: out } = resampled({ shape: [4, height, width], data: planes }, toHeight, toWidth);
    const plane = toWidth * toHeight;
    return {
      width: toWidth,
      height: toHeight,
      data: Uint8ClampedArray.from({ length: 4 * plane }, (_, i) => 255 * (out[(i % 4) * plane + (i >> 2)] as number)),
    };
  }

  beforeEach(() => {
    drawn.length = 0;
    vi.stubGlobal('OffscreenCanvas', FakeCanvas);
    vi.stubGlobal('ImageData', FakeImageData);
  });
  afterEach(() => vi.unstubAllGlobals());

  const field = { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' } as const;
  const stroke = (width: number, height: number) =>
    image(
      width,
      Array.from({ length: width * height }, (_, i): Rgba => {
        const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
        return x > 0.4 && x < 0.5 && y > 0.2 && y < 0.8 ? [255, 255, 255, 255] : [0, 0, 0, 255];
      }),
    );

  it('is first scaled to it by the browser, keeping its proportions', () => {
    const large = stroke(640, 320);
    const { data } = imageToTensor(large, field);
    expect(drawn).toEqual([[256, 128]]);
    expect(data).toEqual(imageToTensor(scaledTo(large, 256, 128), field).data);
    expect(drawn).toHaveLength(1);
  });

  it('is scaled to the model’s own size where that is the box', () => {
    expect(imageToTensor(stroke(8, 4), colour).shape).toEqual([1, 3, 2, 2]);
    expect(drawn).toEqual([[2, 1]]);
  });

  it('needs no canvas where it fits', () => {
    vi.unstubAllGlobals();
    expect(imageToTensor(stroke(256, 100), field).shape).toEqual([1, 1, 28, 28]);
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

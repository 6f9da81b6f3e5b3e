import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../core/tensor.ts';
import { decodePng, encodePng } from '../../../serve/images/png.ts';

describe('encodePng', () => {
  it.each([
    [1, 5, 7],
    [3, 5, 7],
    [1, 90, 70],
    [3, 40, 60],
  ] as const)('decodes to the same bytes, %i × %i × %i', async (channels, height, width) => {
    const bytes = Array.from({ length: channels * height * width }, (_, i) => (i * 53) % 256);
    const png = encodePng({ shape: [channels, height, width], data: Float32Array.from(bytes, (byte) => byte / 255) });
    const { data, info } = await sharp(png).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    expect([info.height, info.width]).toEqual([height, width]);
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < channels; c++) {
        expect(data[i * info.channels + c]).toBe(bytes[c * height * width + i]);
      }
    }
  });

  it.each([
    [1, 5, 7],
    [3, 5, 7],
    [1, 90, 70],
    [3, 40, 60],
  ] as const)('is undone by decodePng, %i × %i × %i', (...shape) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 53) % 256) / 255);
    expect(decodePng(encodePng({ shape, data }))).toEqual({ shape, data });
  });

  it('clamps', async () => {
    const png = encodePng({ shape: [1, 1, 2], data: Float32Array.of(-3, 3) });
    const data = await sharp(png).toColourspace('b-w').raw().toBuffer();
    expect([...data]).toEqual([0, 255]);
  });
});

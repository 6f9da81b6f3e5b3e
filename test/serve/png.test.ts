import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { contactSheet, encodePng } from '../../serve/png.ts';

describe('encodePng', () => {
  it.each([1, 3] as const)('decodes to the same bytes, %i channels', async (channels) => {
    const [height, width] = [5, 7];
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

  it('clamps', async () => {
    const png = encodePng({ shape: [1, 1, 2], data: Float32Array.of(-3, 3) });
    const data = await sharp(png).toColourspace('b-w').raw().toBuffer();
    expect([...data]).toEqual([0, 255]);
  });
});

it('a contact sheet has a row a concept, a column a step, and a gap between', () => {
  const row = (first: number) => ({
    shape: [2, 1, 1, 2],
    data: Float32Array.of(first, first + 1, first + 2, first + 3),
  });
  const sheet = contactSheet([row(0), row(4)], { pixels: 1, value: 9 });
  expect(sheet.shape).toEqual([1, 3, 5]);
  expect([...sheet.data]).toEqual([0, 1, 9, 2, 3, 9, 9, 9, 9, 9, 4, 5, 9, 6, 7]);
});

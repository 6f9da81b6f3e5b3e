import { describe, expect, it } from 'vitest';
import { parseIdx } from '../../../training/datasets/idx.ts';

const idx = (type: number, shape: number[], values: number[]) => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  for (const [i, dimension] of shape.entries()) header.writeUInt32BE(dimension, 4 + 4 * i);
  return new Uint8Array(Buffer.concat([header, Buffer.from(values)]));
};

describe('IDX files', () => {
  it('gives shape and values', () => {
    const { shape, data } = parseIdx(idx(8, [2, 3], [1, 2, 3, 4, 5, 6]), 'x');
    expect([shape, [...data]]).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it.each([
    ['another type', idx(13, [1], [1])],
    ['no header', new Uint8Array([1, 2])],
    ['too few values', idx(8, [2, 3], [1])],
    ['too many values', idx(8, [1], [1, 2])],
  ])('refuses %s and names the file', (_, bytes) => {
    expect(() => parseIdx(bytes, 'some-file')).toThrow(/^some-file: /);
  });
});

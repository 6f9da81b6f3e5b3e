import { expect, it } from 'vitest';
import { contactSheet, tilesOf } from '../../../core/images/sheet.ts';

it('a contact sheet has a row a concept, a column a step, and a gap between', () => {
  const row = (first: number) => ({
    shape: [2, 1, 1, 2],
    data: Float32Array.of(first, first + 1, first + 2, first + 3),
  });
  const sheet = contactSheet([row(0), row(4)], { pixels: 1, value: 9 });
  expect(sheet.shape).toEqual([1, 3, 5]);
  expect([...sheet.data]).toEqual([0, 1, 9, 2, 3, 9, 9, 9, 9, 9, 4, 5, 9, 6, 7]);
});

it('without a gap, cutting a sheet up again gives the images', () => {
  const [R, S, C, H, W] = [2, 3, 3, 4, 5];
  const data = Float32Array.from({ length: R * S * C * H * W }, (_, i) => i);
  const size = data.length / R;
  const rows = [0, 1].map((r) => ({ shape: [S, C, H, W], data: data.subarray(r * size, (r + 1) * size) }));
  const sheet = contactSheet(rows, { pixels: 0, value: 0 });
  expect(sheet.shape).toEqual([C, R * H, S * W]);
  expect(sheet.data).not.toEqual(data);
  expect(tilesOf(sheet, H, W)).toEqual({ shape: [R * S, C, H, W], data });
});

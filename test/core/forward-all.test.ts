import { describe, expect, it } from 'vitest';
import { FORWARD_BATCH, forwardAll, rowsAtOnce } from '../../core/forward-all.ts';
import { createPredictor } from '../../core/predictor.ts';
import { type Tensor, tensor } from '../../core/tensor.ts';
import { fakeManifest, fakeSessions } from '../helpers/fake-model.ts';

/** N images of 1 × 2 × 2, all different. */
const images = (N: number): Tensor =>
  tensor(
    Float32Array.from({ length: N * 4 }, (_, i) => ((i * 37) % 101) / 101),
    [N, 1, 2, 2],
  );

describe('explaining a whole set', () => {
  it.each([1, FORWARD_BATCH, FORWARD_BATCH + 1])('gives the h and θ of one run, in batches: %i inputs', async (N) => {
    const sessions = fakeSessions();
    const predictor = createPredictor(fakeManifest, sessions);
    const seen: [number, number][] = [];
    const inBatches = await forwardAll(predictor, images(N), (...progress) => seen.push(progress));
    expect(Math.max(...sessions.conceptizer.runs)).toBeLessThanOrEqual(FORWARD_BATCH);
    expect(seen.at(-1)).toEqual([N, N]);
    expect(inBatches).toEqual(await predictor.forward(images(N)));
  });
});

describe('rows at once', () => {
  it.each([
    ['a batch of what is small', [1, 28, 28], FORWARD_BATCH],
    ['no more than 2²¹ values', [3, 224, 224], 13],
    ['one at least', [3, 4096, 4096], 1],
  ])('are %s', (_, shape, expected) => {
    expect(rowsAtOnce(shape)).toBe(expected);
  });
});

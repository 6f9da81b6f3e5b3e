import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../core/manifest.ts';
import { explanationsOf } from '../../../../core/metrics/evidence/explanations.ts';
import { unitInput } from '../../../../core/tables/unit-input.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';

const anyImage = { kind: 'image', channels: 1, height: 2, width: 2 } as const;
const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

describe('explanations', () => {
  it('knows the predicted class: the largest logit Σ_k θ[k,c]·h[k], the first one of equals', () => {
    const evidence = explanationsFrom(
      [[0], [1], [2]],
      [
        [1, 1],
        [1, -1],
        [1, 1],
      ],
      [
        [
          [1, 2],
          [1, 1],
        ],
        [
          [1, 2],
          [0, 3],
        ],
        [
          [1, 2],
          [2, 1],
        ],
      ],
    );
    expect(Array.from(evidence.predicted)).toEqual([1, 0, 0]);
  });

  it.each([
    [zeros(2, 4), zeros(3, 2), zeros(2, 2, 3)],
    [zeros(2, 4), zeros(2, 2), zeros(3, 2, 3)],
    [zeros(2, 4), zeros(2, 2), zeros(2, 3, 3)],
    [zeros(2, 4), zeros(4), zeros(2, 2, 3)],
    [zeros(2, 4), zeros(2, 2), zeros(2, 6)],
  ])('refuses shapes that do not belong together', (input, concepts, relevances) => {
    expect(() => explanationsOf(anyImage, input, { concepts, relevances })).toThrow(
      expect.objectContaining({
        code: 'shape_mismatch',
        message: expect.stringContaining(`[${relevances.shape.join(', ')}]`),
      }),
    );
  });

  it.each([
    ['values', Number.NaN, { input: 0 }],
    ['concepts', Number.POSITIVE_INFINITY, { concepts: 0 }],
    ['relevances', Number.NaN, { relevances: 0 }],
  ])('refuses %s that hold %d, and says which input', (what, bad, at) => {
    const parts = { input: zeros(3, 2), concepts: zeros(3, 2), relevances: zeros(3, 2, 2) };
    const spoilt = parts[Object.keys(at)[0] as keyof typeof parts];
    spoilt.data[spoilt.data.length - 1] = bad;
    expect(() => explanationsOf(anyImage, parts.input, parts)).toThrow(`${what} of input 2 hold ${bad}`);
  });
});

describe('inputs in [0, 1]', () => {
  it('are images as they are', () => {
    const images = zeros(2, 1, 2, 2);
    expect(unitInput({ kind: 'image', channels: 1, height: 2, width: 2 }, images)).toBe(images);
  });

  it('are features of tables over their ranges', () => {
    const table: Manifest['input'] = {
      kind: 'tabular',
      features: [
        { name: 'age', range: [20, 70] },
        { name: 'flag', range: [0, 1] },
        { name: 'constant', range: [3, 3] },
      ],
    };
    const input = tensor(Float32Array.of(20, 1, 3, 45, 0, 3, 70, 0.5, 3), [3, 3]);
    const scaled = unitInput(table, input);
    expect(scaled.shape).toEqual([3, 3]);
    expectClose(scaled.data, [0, 1, 0, 0.5, 0, 0, 1, 0.5, 0]);
  });
});

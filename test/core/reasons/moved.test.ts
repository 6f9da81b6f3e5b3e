import { describe, expect, it } from 'vitest';
import { createPredictor } from '../../../core/predictor.ts';
import { afterMove, compareClasses } from '../../../core/reasons/comparison.ts';
import { movedTo, rereadWords } from '../../../core/reasons/moved.ts';
import { imageAt } from '../../../core/tensor.ts';
import { inputOf, manifest, sessionsOf } from '../../helpers/painting-model.ts';

describe('concepts that were moved', () => {
  it('say what the same classes are to each other, in the rows as they were, also below 0', () => {
    const before = compareClasses(
      {
        contributions: [
          [3, 1],
          [0, 1],
          [0.5, 0],
        ],
      },
      0,
      1,
    );
    const after = afterMove(before, {
      contributions: [
        [-2, 1],
        [0, 1],
        [0.5, 0],
      ],
    });
    expect(after).toEqual({ ...before, differences: [-3, -1, 0.5], margin: -3.5 });
  });

  it('are predicted as they are set, drawn, and read again', async () => {
    const predictor = createPredictor(manifest, sessionsOf());
    const [own] = await predictor.predict(inputOf([3, 1]), { explain: [] });
    if (own === undefined) throw new Error('no prediction');
    const { prediction, picture, decoded } = await movedTo(predictor, own, imageAt(inputOf([3, 1]), 0), [1, 4]);
    expect(prediction).toMatchObject({ index: 1, concepts: [1, 4], logits: [1, 4, -5] });
    expect([...(picture?.own.data ?? [])]).toEqual([3, 3, 1, 1]);
    expect([...(decoded?.data ?? [])]).toEqual([1, 1, 4, 4]);
    expect(picture).toMatchObject({ index: 1 });
    expect(rereadWords(manifest, { index: 1, probability: 0.9 })).toBe(`read again: “${manifest.classes[1]}” 90.0 %`);
  });
});

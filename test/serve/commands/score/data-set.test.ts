import { describe, expect, it } from 'vitest';
import { createPredictor } from '../../../../core/predictor.ts';
import { type Tensor, tensor } from '../../../../core/tensor.ts';
import { perInputLines } from '../../../../serve/commands/score/per-input.ts';
import { scoreDataSet } from '../../../../serve/commands/score/score-data-set.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest, fakeSessions } from '../../../helpers/fake-model.ts';

/** N images of 1 × 2 × 2, all different. */
const images = (N: number): Tensor =>
  tensor(
    Float32Array.from({ length: N * 4 }, (_, i) => ((i * 37) % 101) / 101),
    [N, 1, 2, 2],
  );

const silent = () => {};

describe('scoring a set', () => {
  it('scores what is asked for, and says what it is at', async () => {
    const stages = new Set<string>();
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const inputs = { name: 'fake:test', input: images(30) };
    const asked = { metrics: ['stability'], attributions: ['occlusion'], seed: 0 } as const;
    const { scores, explanations, attributions } = await scoreDataSet(predictor, inputs, asked, (stage) =>
      stages.add(stage),
    );
    expect(Object.keys(scores)).toEqual(['stability']);
    expect(scores.stability).toHaveLength(30);
    expect([...stages]).toEqual(['explaining', 'stability', 'occlusion', 'comparing']);
    expect(attributions.occlusion?.values.shape).toEqual([30, 2, 2]);
    const predictions = await predictor.predict(inputs.input, { explain: [] });
    expect(Array.from(explanations.predicted)).toEqual(predictions.map(({ index }) => index));
  });

  it('finds neighbours in a table by its scaled features', async () => {
    // In metres and millimetres x₁ is nearest to x₀; over the ranges x₂ is.
    const manifest = {
      ...fakeManifest,
      input: {
        kind: 'tabular' as const,
        features: [
          { name: 'length', unit: 'm', range: [0, 1] as [number, number] },
          { name: 'width', unit: 'mm', range: [0, 1000] as [number, number] },
        ],
      },
    };
    const predictor = createPredictor(manifest, fakeSessions());
    const input = tensor(Float32Array.of(0, 0, 1, 1, 0, 100), [3, 2]);
    const nothing = { metrics: [], attributions: [], seed: 0 };
    const { explanations } = await scoreDataSet(predictor, { name: 'table', input }, nothing, silent);
    expectClose(explanations.unitInput.data, [0, 0, 1, 0.001, 0, 0.1], { absolute: 1e-7 });
  });
});

describe('the lines for each input', () => {
  const explanations = { predicted: Int32Array.of(2, 0) };
  const read = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('hold index, label, prediction and every metric', () => {
    const scores = { faithfulness: [0.5, null], stability: [3, 4] };
    const lines = perInputLines({ explanations, scores, attributions: {} }, Int32Array.of(2, 1));
    expect(read(lines)).toEqual([
      { index: 0, label: 2, predicted: 2, faithfulness: 0.5, stability: 3 },
      { index: 1, label: 1, predicted: 0, faithfulness: null, stability: 4 },
    ]);
    expect(lines.endsWith('\n')).toBe(true);
  });

  it('leave out what is not known, not asked for, or of the whole set', () => {
    const scores = { stability: [3, null], mig: { value: 1 } };
    expect(read(perInputLines({ explanations, scores, attributions: {} }, undefined))).toEqual([
      { index: 0, predicted: 2, stability: 3 },
      { index: 1, predicted: 0, stability: null },
    ]);
  });

  it('have null where a metric has no value at all', () => {
    const scores = { stability: { value: null, reason: 'none' } } as const;
    const lines = read(perInputLines({ explanations, scores, attributions: {} }, undefined));
    expect(lines.map(({ stability }) => stability)).toEqual([null, null]);
  });

  it('hold attributions as lists: of features, or of rows of pixels', () => {
    const attributed = (shape: number[]) => {
      const values = tensor(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape);
      const occlusion = { values, baseline: tensor(new Float32Array(4), [4]) };
      const lines = read(perInputLines({ explanations, scores: {}, attributions: { occlusion } }, undefined));
      return lines.map(({ attributions }) => attributions.occlusion);
    };
    expect(attributed([2, 4])).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(attributed([2, 2, 2])).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { createPredictor } from '../../../../core/predictor.ts';
import { type Tensor, tensor } from '../../../../core/tensor.ts';
import { FORWARD_BATCH, forwardAll } from '../../../../serve/commands/score/forward.ts';
import { perInputLines, scoreDataSet } from '../../../../serve/commands/score/score-data-set.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest, fakeSessions } from '../../../helpers/fake-model.ts';

/** N images of 1 × 2 × 2, all different. */
const images = (N: number): Tensor =>
  tensor(
    Float32Array.from({ length: N * 4 }, (_, i) => ((i * 37) % 101) / 101),
    [N, 1, 2, 2],
  );

const silent = () => {};

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

describe('scoring a set', () => {
  it('scores what is asked for, and says what it is at', async () => {
    const stages = new Set<string>();
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const inputs = { name: 'fake:test', input: images(30) };
    const { scores, evidence } = await scoreDataSet(predictor, inputs, ['stability'], (stage) => stages.add(stage));
    expect(Object.keys(scores)).toEqual(['stability']);
    expect(scores.stability).toHaveLength(30);
    expect([...stages]).toEqual(['explaining', 'stability']);
    const predictions = await predictor.predict(inputs.input, { explain: [] });
    expect(Array.from(evidence.predicted)).toEqual(predictions.map(({ index }) => index));
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
    const { evidence } = await scoreDataSet(predictor, { name: 'table', input }, [], silent);
    expectClose(evidence.input.data, [0, 0, 1, 0.001, 0, 0.1], { absolute: 1e-7 });
  });
});

describe('the lines for each input', () => {
  const evidence = { predicted: Int32Array.of(2, 0) } as never;
  const read = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('hold index, label, prediction and every metric', () => {
    const lines = perInputLines(evidence, { faithfulness: [0.5, null], stability: [3, 4] }, Int32Array.of(2, 1));
    expect(read(lines)).toEqual([
      { index: 0, label: 2, predicted: 2, faithfulness: 0.5, stability: 3 },
      { index: 1, label: 1, predicted: 0, faithfulness: null, stability: 4 },
    ]);
    expect(lines.endsWith('\n')).toBe(true);
  });

  it('leave out what is not known or not asked for', () => {
    expect(read(perInputLines(evidence, { stability: [3, null] }, undefined))).toEqual([
      { index: 0, predicted: 2, stability: 3 },
      { index: 1, predicted: 0, stability: null },
    ]);
  });
});

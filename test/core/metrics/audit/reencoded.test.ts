import { describe, expect, it } from 'vitest';
import { FORWARD_BATCH } from '../../../../core/forward-all.ts';
import { reencoded } from '../../../../core/metrics/audit/reencoded.ts';
import { randomStream } from '../../../../core/random.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { evidenceOf, type LinearModel, linearModel } from '../../../helpers/linear-model.ts';

const measure = async (inputs: readonly (readonly number[])[], of: readonly number[], model: LinearModel = {}) => {
  const evidence = await evidenceOf(inputs, model);
  const seen: number[] = [];
  const options = { random: randomStream(0), onProgress: (done: number) => seen.push(done) };
  const result = await reencoded.measure({ ...evidence, labels: Int32Array.from(of) }, options);
  return { result, seen, sessions: evidence.sessions };
};

// "yes" where 2a > b.
const inputs = [
  [1, 0],
  [-1, 0],
  [1, 3],
  [0.25, 0],
];

describe('reencoded', () => {
  it('is the accuracy on what the decoder makes of the concepts', async () => {
    // The decoder takes 0.5 off the first concept: 2a − b − 1 = 1, −3, −2, −0.5.
    const decode = ([a = 0, b = 0]: Float32Array) => [a - 0.5, b];
    const { result } = await measure(inputs, [0, 1, 0, 0], { decode });
    expect(result).toMatchObject({ value: 0.5, figures: { agreement: 0.75, accuracy: 0.75 } });
  });

  it('is the accuracy where the decoder loses nothing, a bounded number of rows at a time', async () => {
    const many = Array.from({ length: FORWARD_BATCH + 10 }, (_, n) => [Math.sin(n), Math.cos(3 * n)]);
    const predicted = many.map(([a = 0, b = 0]) => (2 * a - b >= 0 ? 0 : 1));
    const { result, seen, sessions } = await measure(many, predicted);
    expect(result).toMatchObject({ value: 1, figures: { agreement: 1, accuracy: 1 } });
    expect(sessions.decoder.runs).toEqual([FORWARD_BATCH, 10]);
    expect(seen).toEqual([FORWARD_BATCH, FORWARD_BATCH + 10]);
  });

  it('has no value where the concepts are the features', async () => {
    const features = ['b', 'a'].map((name) => ({ name, range: [-4, 4] as [number, number] }));
    const { result } = await measure(inputs, [0, 0, 0, 0], { manifest: { input: { kind: 'tabular', features } } });
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('features themselves') });
  });

  it('has no value without a decoder', async () => {
    const { decoder: _, ...graphs } = fakeManifest.graphs;
    const { predictor } = linearModel({ manifest: { graphs } });
    const { explanations } = await evidenceOf(inputs);
    const labels = new Int32Array(4);
    const result = await reencoded.measure({ explanations, predictor, labels }, { random: randomStream(0) });
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('no decoder') });
  });
});

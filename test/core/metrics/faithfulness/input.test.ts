import { describe, expect, it } from 'vitest';
import { FORWARD_BATCH } from '../../../../core/forward-all.ts';
import { faithfulnessInput } from '../../../../core/metrics/faithfulness/input.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { conceptWith, evidenceOf, type LinearModel } from '../../../helpers/linear-model.ts';

/** Features a, b, c in units of their own: h = (c/10, a, b, 1), so that concepts stand in another order, and a bias. */
const features = ['a', 'b', 'c'].map((name) => ({ name, range: [-40, 40] as [number, number] }));
const wide = [-4, -2, 0, 2, 4] as const;
const MEANS = { c: 0.3, a: 0.5, b: -1 };
const concepts = [
  conceptWith('c', wide, MEANS.c),
  conceptWith('a', wide, MEANS.a),
  conceptWith('b', wide, MEANS.b),
  conceptWith('bias', [1, 1, 1, 1, 1]),
];
const WEIGHTS = [0.5, 2, -1, 0.25];
const table: LinearModel = {
  weights: WEIGHTS,
  encode: ([a = 0, b = 0, c = 0]) => [c / 10, a, b, 1],
  decode: ([c = 0, a = 0, b = 0]) => [a, b, 10 * c],
  manifest: { input: { kind: 'tabular', features }, concepts },
};
const options = { random: randomStream(0) };

function correlation(p: readonly number[], q: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const about = (values: readonly number[]) => values.map((value) => value - mean(values));
  const dot = (u: readonly number[], v: readonly number[]) =>
    u.reduce((sum, value, i) => sum + value * (v[i] as number), 0);
  const [u, v] = [about(p), about(q)];
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
}
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const logit = (a: number, b: number, c: number) => 0.5 * (c / 10) + 2 * a - b + 0.25;

describe('faithfulness.input', () => {
  it('correlates contributions with drops of the input itself, feature by feature: in closed form', async () => {
    const [a, b, c] = [1.5, 0.5, -10] as const;
    const before = sigmoid(logit(a, b, c));
    const drops = [
      before - sigmoid(logit(MEANS.a, b, c)),
      before - sigmoid(logit(a, MEANS.b, c)),
      before - sigmoid(logit(a, b, 10 * MEANS.c)),
    ];
    const values = await faithfulnessInput.measure(await evidenceOf([[a, b, c]], table), options);
    expectClose((values as number[])[0] as number, correlation([2 * a, -b, 0.5 * (c / 10)], drops), { absolute: 1e-6 });
  });

  it('takes a bounded number of rows at a time, and gives each input what it has alone', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => [Math.sin(n), Math.cos(2 * n), 10 * Math.sin(3 * n)]);
    const evidence = await evidenceOf(rows, table);
    const before = evidence.sessions.conceptizer.runs.length;
    const seen: number[] = [];
    const values = (await faithfulnessInput.measure(evidence, {
      ...options,
      onProgress: (done) => seen.push(done),
    })) as number[];
    expect(evidence.sessions.conceptizer.runs.slice(before)).toEqual([FORWARD_BATCH, 400 - FORWARD_BATCH]);
    expect(seen.at(-1)).toBe(100);
    for (const n of [0, 63, 64, 99]) {
      const alone = await faithfulnessInput.measure(await evidenceOf([rows[n] as number[]], table), options);
      expect(alone).toEqual([values[n]]);
    }
  });

  it.each([
    [
      'are no features',
      { ...table.manifest, concepts: concepts.map((concept, k) => ({ ...concept, name: `${k}` })) },
      'not features',
    ],
    ['have no mean', { ...table.manifest, concepts: concepts.map(({ mean: _, ...rest }) => rest) }, 'no mean of "a"'],
    [
      'have no decoder',
      { ...table.manifest, graphs: (({ decoder: _, ...rest }) => rest)(fakeManifest.graphs) },
      'no decoder',
    ],
  ])('has no value where concepts %s', async (_, manifest, reason) => {
    const result = await faithfulnessInput.measure(await evidenceOf([[1, 2, 3]], { ...table, manifest }), options);
    expect(result).toEqual({ value: null, reason: expect.stringContaining(reason) });
  });

  it('has no value for images', async () => {
    const result = await faithfulnessInput.measure(await evidenceOf([[1, 2]]), options);
    expect(result).toEqual({ value: null, reason: expect.stringContaining('not features of a table') });
  });
});

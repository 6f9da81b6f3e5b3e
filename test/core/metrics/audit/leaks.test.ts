import { describe, expect, it } from 'vitest';
import { donorsOf, leakDonor } from '../../../../core/metrics/audit/leak-donor.ts';
import { leakMean } from '../../../../core/metrics/audit/leak-mean.ts';
import { CONSTANT_SPREAD, relevancePermuted, spreadOf } from '../../../../core/metrics/audit/relevance-permuted.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { randomStream } from '../../../../core/random.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';
import { conceptWith, evidenceOf } from '../../../helpers/linear-model.ts';

const N = 300;
const labels = Int32Array.from({ length: N }, (_, n) => n % 3);
const oneHot = (c: number) => [0, 1, 2].map((other) => (other === c ? 1 : 0));
const x = Array.from(labels, (_, n) => [n / N]);
/** Concepts decide: one for each class, under one matrix. */
const closed = explanationsFrom(
  x,
  Array.from(labels, oneHot),
  Array.from(labels, () => [0, 1, 2].map(oneHot)),
);
/** Relevances decide: one concept that is always 1. */
const open = explanationsFrom(
  x,
  Array.from(labels, () => [1]),
  Array.from(labels, (c) => [oneHot(c)]),
);
const random = () => ({ random: randomStream(1) });

describe('leak.mean', () => {
  const inputs = [
    [1, 0.5],
    [-1, 0.5],
    [-1, 3],
    [1, 3],
  ];
  const measure = async (b: number, of: readonly number[], mean = 0.25) => {
    const concepts = [conceptWith('a', [-1, -1, 0, 1, 1], mean), conceptWith('b', [b, b, b, b, b])];
    const model = { weights: [2, -1], manifest: { concepts }, encode: ([a = 0]: Float32Array) => [a, b] };
    const evidence = await evidenceOf(inputs, model, { labels: Int32Array.from(of) });
    return leakMean.measure({ ...evidence, labels: Int32Array.from(of) }, random());
  };

  it('is the accuracy with the means in the place of the concepts, constant ones as they are', async () => {
    // Logits of "yes": 2·0.25 − b, the same for all; of "no": 0. The model itself says 2a − b.
    expect(await measure(0.4, [0, 0, 0, 1])).toMatchObject({ value: 0.75, figures: { chance: 0.75, accuracy: 0.25 } });
    expect(await measure(0.6, [0, 0, 0, 1])).toMatchObject({ value: 0.25, figures: { chance: 0.75, accuracy: 0.25 } });
  });

  it('stays where relevances decide: each input has its own', async () => {
    const model = {
      relevances: ([a = 0]: Float32Array) => [a, 0, 0, 0],
      manifest: { concepts: [conceptWith('a', [0, 1, 1, 1, 2], 1), conceptWith('b', [0, 0, 0, 0, 0], 0)] },
      encode: () => [1, 0],
    };
    const of = Int32Array.of(0, 1, 1, 0);
    const { value } = (await leakMean.measure(
      { ...(await evidenceOf(inputs, model)), labels: of },
      random(),
    )) as SetValue;
    expect(value).toBe(1);
  });

  it('has no value where the manifest tells no mean', async () => {
    const model = { manifest: { concepts: [conceptWith('a', [-1, 0, 0, 0, 1]), conceptWith('b', [0, 0, 0, 0, 0])] } };
    const result = await leakMean.measure(
      { ...(await evidenceOf(inputs, model)), labels: labels.slice(0, 4) },
      random(),
    );
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('no mean of "a"') });
  });
});

describe('leak.donor', () => {
  it('is 1 where relevances take their class along, 0 where concepts keep theirs', async () => {
    expect(await leakDonor.measure({ explanations: open, labels }, random())).toMatchObject({
      value: 1,
      figures: { own: 0 },
    });
    expect(await leakDonor.measure({ explanations: closed, labels }, random())).toMatchObject({
      value: 0,
      figures: { own: 1 },
    });
  });

  it('draws donors of other classes only, all of them alike', () => {
    const few = Int32Array.of(2, 0, 1, 0, 2, 2);
    const counts = Array.from(few, () => new Map<number, number>());
    const stream = randomStream(3);
    for (let i = 0; i < 3000; i++) {
      const donors = donorsOf(few, stream) as Int32Array;
      donors.forEach((donor, n) => {
        expect(few[donor]).not.toBe(few[n]);
        counts[n]?.set(donor, (counts[n]?.get(donor) ?? 0) + 1);
      });
    }
    few.forEach((label, n) => {
      const others = few.filter((other) => other !== label).length;
      expect(counts[n]?.size).toBe(others);
      for (const count of counts[n]?.values() ?? []) expectClose(count / 3000, 1 / others, { absolute: 0.05 });
    });
  });

  it('has no value for one class', async () => {
    const result = await leakDonor.measure({ explanations: open, labels: new Int32Array(N) }, random());
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('one class') });
  });
});

describe('relevance.permuted', () => {
  it('is the accuracy where relevances are constant, and says that they are', async () => {
    const { value, figures } = (await relevancePermuted.measure(
      { explanations: closed, labels },
      random(),
    )) as SetValue;
    expect([value, figures]).toEqual([1, { accuracy: 1, spread: 0, constant: 1 }]);
  });

  it('falls to chance where they decide', async () => {
    const { value, figures } = (await relevancePermuted.measure({ explanations: open, labels }, random())) as SetValue;
    expectClose(value, 1 / 3, { absolute: 0.05 });
    expect(figures).toMatchObject({ accuracy: 1, constant: 0 });
  });

  it('has no value for one input', async () => {
    const one = explanationsFrom([[0]], [[1]], [[[1, 0]]]);
    const result = await relevancePermuted.measure({ explanations: one, labels: Int32Array.of(0) }, random());
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('one input') });
  });

  it('takes the entry that varies most against the size of all: in closed form', () => {
    // Entries (1 ± 0.5, 2): deviation 0.5, mean square ((1 + 0.25) + 4) / 2.
    const spread = spreadOf(tensor(Float32Array.of(1.5, 2, 0.5, 2), [2, 1, 2]));
    expectClose(spread, 0.5 / Math.sqrt(5.25 / 2));
    expect(spreadOf(tensor(new Float32Array(4), [2, 1, 2]))).toBe(0);
  });

  it('calls relevances constant up to the threshold', async () => {
    const around = async (share: number) => {
      const theta = Array.from(labels, (_, n) => [[1 + (n % 2 === 0 ? share : -share)]]);
      const explanations = explanationsFrom(
        x,
        Array.from(labels, () => [1]),
        theta,
      );
      return ((await relevancePermuted.measure({ explanations, labels }, random())) as SetValue).figures?.['constant'];
    };
    expect(await around(0.9 * CONSTANT_SPREAD)).toBe(1);
    expect(await around(1.1 * CONSTANT_SPREAD)).toBe(0);
  });
});

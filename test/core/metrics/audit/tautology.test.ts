import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areasOf, tautology } from '../../../../core/metrics/audit/tautology.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { conceptWith, evidenceOf } from '../../../helpers/linear-model.ts';

const measure = async (inputs: readonly (readonly number[])[], of: readonly number[], model = {}) => {
  const labels = Int32Array.from(of);
  return tautology.measure({ ...(await evidenceOf(inputs, model)), labels }, { random: randomStream(0) });
};

describe('areasOf', () => {
  it('counts pairs that stand in order, and equals half', () => {
    // Class 1 {2, 3} against {1, 2}: 2 > 1, 2 = 2, 3 > 1, 3 > 2: 3.5 of 4.
    const areas = areasOf(Float64Array.of(1, 2, 2, 3), Int32Array.of(0, 0, 1, 1));
    expect(areas.get(1)).toBe(3.5 / 4);
    expect(areas.get(0)).toBe(0.5 / 4);
  });

  it('is the share of pairs, whatever the values', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 })), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(values, (rows) => {
        const labels = Int32Array.from(rows, ([, label]) => label);
        fc.pre(new Set(labels).size > 1);
        const areas = areasOf(
          Float64Array.from(rows, ([value]) => value),
          labels,
        );
        for (const [c, area] of areas) {
          const [own, rest] = [rows.filter(([, label]) => label === c), rows.filter(([, label]) => label !== c)];
          const pairs = own.flatMap(([a]) => rest.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
          expectClose(area, pairs.reduce((sum: number, one) => sum + one, 0) / pairs.length);
        }
      }),
    );
  });
});

describe('tautology', () => {
  const inputs = [
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 1],
  ];

  it('is the mean over the classes of the best concept, whichever way it points', async () => {
    // Concept a puts class 2 at the top (1) and class 0 at the bottom (1); class 1 is between: {2, 3} against {1, 4}: 1/2.
    // Concept b knows class 2 alone; of class 1 it is {0, 0} against {0, 1}: 1/4, so 3/4 the other way.
    const { value, figures } = (await measure(inputs, [0, 1, 1, 2])) as SetValue;
    expectClose(value, (1 + 3 / 4 + 1) / 3);
    expect(figures).toEqual({ most: 1 });
  });

  it('leaves constant concepts out, by the manifest', async () => {
    const constant = conceptWith('a', [1, 1, 1, 1, 1], 1);
    const { value } = (await measure(inputs, [0, 0, 0, 1], {
      manifest: { concepts: [constant, conceptWith('b', [0, 0, 0, 0, 1], 0.25)] },
    })) as SetValue;
    expect(value).toBe(1);
    const none = await measure(inputs, [0, 0, 0, 1], { manifest: { concepts: [constant, constant] } });
    expect(none).toMatchObject({ value: null, reason: expect.stringContaining('every concept') });
  });

  it('has no value for one class', async () => {
    expect(await measure(inputs, [1, 1, 1, 1])).toMatchObject({
      value: null,
      reason: expect.stringContaining('one class'),
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { Concept } from '../../../../core/manifest.ts';
import { prototypeAgreement } from '../../../../core/metrics/concepts/prototype-agreement.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { conceptWith, evidenceOf } from '../../../helpers/linear-model.ts';

const options = { random: randomStream(0) };

/** A concept with the classes of its prototypes: mean 0, four of each end. */
const told = (name: string, high: number[], low?: number[]): Concept => ({
  ...conceptWith(name, [-2, -1, 0, 1, 2], 0),
  prototypes: high.map((_, n) => n),
  prototypeLabels: high,
  ...(low && { lowPrototypes: low.map((_, n) => n), lowPrototypeLabels: low }),
});

/** Logit of class 0 is 2·a − b, of class 1 it is 0; the concepts are the two pixels. */
const measured = async (inputs: number[][], concepts: Concept[]) =>
  prototypeAgreement.measure(await evidenceOf(inputs, { manifest: { concepts } }), options);

describe('prototype.agreement', () => {
  const concepts = [told('a', [0, 0, 0, 1], [1, 1, 1, 1]), told('b', [1, 1, 1, 1], [0, 0, 1, 1])];

  it('is the mean share of the predicted class among the prototypes of the two largest reasons, at the end that speaks', async () => {
    const values = await measured(
      [
        [1, -1], // class 0: a speaks at its high end (3 of 4), b at its low one (2 of 4)
        [1, 1], // class 0 by a alone, b is against it
        [-1, -4], // class 0 by b alone, at its low end
      ],
      concepts,
    );
    expectClose(values as number[], [(0.75 + 0.5) / 2, 0.75, 0.5]);
  });

  it('has no value for an input whose class nothing speaks for', async () => {
    expect(await measured([[-1, 1]], concepts)).toEqual([null]);
  });

  it('takes the high end of a concept without another, and leaves out a constant one', async () => {
    const bias = { ...conceptWith('bias', [1, 1, 1, 1, 1], 1), prototypes: [0] };
    expect(await measured([[1, -1]], [told('a', [0, 0, 0, 1]), told('b', [0, 1, 1, 1])])).toEqual([0.5]);
    expect(await measured([[1, -1]], [told('a', [0, 0, 0, 1]), bias])).toEqual([0.75]);
  });

  it('counts the two largest and no third', async () => {
    const evidence = await evidenceOf([[3, 2]], {
      weights: [1, 1, 1],
      encode: (x) => [...x, 1],
      manifest: { concepts: [told('a', [0]), told('b', [0, 1]), told('c', [1])] },
    });
    expect(await prototypeAgreement.measure(evidence, options)).toEqual([0.75]);
  });

  it('has no value at all where the manifest tells no classes', async () => {
    const { prototypeLabels: _, ...silent } = told('b', [0]);
    expect(await measured([[1, 1]], [told('a', [0]), silent])).toEqual({
      value: null,
      reason: 'the manifest tells no classes of the prototypes of "b"',
    });
    const { lowPrototypeLabels: __, ...low } = told('b', [0], [1]);
    expect(await measured([[1, 1]], [told('a', [0]), low])).toMatchObject({ value: null });
  });
});

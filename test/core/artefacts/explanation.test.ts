import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, argmax, contributionsOf, explain, logitsOf, softmax } from '../../../core/artefacts/explanation.ts';
import { rowOf, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';

const figure = fc.float({ min: -50, max: 50, noNaN: true });
const logits = fc.array(fc.double({ min: -700, max: 700, noNaN: true }), { minLength: 1, maxLength: 12 });

/** h `[N, K]` and θ `[N, K, C]` of any small sizes. */
const forward = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([N, K, C]) =>
    fc.record({
      concepts: fc
        .array(figure, { minLength: N * K, maxLength: N * K })
        .map((values) => tensor(Float32Array.from(values), [N, K])),
      relevances: fc
        .array(figure, { minLength: N * K * C, maxLength: N * K * C })
        .map((values) => tensor(Float32Array.from(values), [N, K, C])),
    }),
  );

describe('logitsOf', () => {
  it('is to the last bit the sum of the contributions', () => {
    fc.assert(
      fc.property(forward, ({ concepts, relevances }) => {
        const [h, theta] = [rowOf(concepts, 0), rowOf(relevances, 0)];
        expect([...logitsOf(h, theta)].map((logit) => logit + 0)).toEqual(
          aggregate(contributionsOf(h, theta)).map((logit) => logit + 0),
        );
      }),
    );
  });
});

describe('softmax', () => {
  it('is a distribution', () => {
    fc.assert(
      fc.property(logits, (z) => {
        const p = softmax(z);
        expectClose(
          p.reduce((sum, value) => sum + value, 0),
          1,
        );
        expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
    );
  });

  it('does not change when every logit moves by the same amount', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: -300, max: 300, noNaN: true }), (z, shift) => {
        expectClose(softmax(z.map((value) => value + shift)), softmax(z), { absolute: 1e-10 });
      }),
    );
  });

  it('does not overflow or underflow to NaN', () => {
    expectClose(softmax([1e30, 0, -1e30]), [1, 0, 0]);
    expectClose(softmax([-1e300, -1e300]), [0.5, 0.5]);
  });

  it('has the closed form e^z / Σ e^z', () => {
    expectClose(softmax([0, Math.log(2), Math.log(5)]), [1 / 8, 2 / 8, 5 / 8]);
  });
});

describe('argmax', () => {
  it('is the first of the largest', () => {
    expect([argmax([1, 3, 3]), argmax([2]), argmax([-5, -1, -9])]).toEqual([1, 0, 1]);
  });
});

describe('contributions', () => {
  it('are θ[k,c]·h[k], row-major', () => {
    expect(contributionsOf([2, -1], [1, 2, 3, 4, 5, 6])).toEqual([
      [2, 4, 6],
      [-4, -5, -6],
    ]);
  });

  it.each([
    [[], [1, 2]],
    [
      [1, 2],
      [1, 2, 3],
    ],
  ])('of concepts %j and relevances %j do not exist', (concepts, relevances) => {
    expect(() => contributionsOf(concepts, relevances)).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
  });
});

describe('explain', () => {
  it('takes the prediction apart: contributions sum to the logits, which are θᵀh', () => {
    fc.assert(
      fc.property(forward, ({ concepts, relevances }) => {
        const [N = 0, K = 0, C = 0] = relevances.shape;
        const explanations = explain(concepts, relevances);
        expect(explanations).toHaveLength(N);
        explanations.forEach((explanation, n) => {
          const direct = Array.from({ length: C }, (_, c) =>
            Array.from(
              { length: K },
              (_, k) => (relevances.data[(n * K + k) * C + c] as number) * (concepts.data[n * K + k] as number),
            ).reduce((sum, value) => sum + value, 0),
          );
          expectClose(explanation.logits, direct, { absolute: 1e-9 });
          expectClose(aggregate(explanation.contributions), explanation.logits);
          expectClose(explanation.probabilities, softmax(direct));
        });
      }),
    );
  });

  it('of a batch of n is n explanations of batches of one', () => {
    fc.assert(
      fc.property(forward, ({ concepts, relevances }) => {
        const [N = 0, K = 0, C = 0] = relevances.shape;
        const alone = Array.from({ length: N }, (_, n) =>
          explain(
            tensor(concepts.data.slice(n * K, (n + 1) * K), [1, K]),
            tensor(relevances.data.slice(n * K * C, (n + 1) * K * C), [1, K, C]),
          ),
        ).flat();
        expect(explain(concepts, relevances)).toEqual(alone);
      }),
    );
  });

  it('of an empty batch is empty', () => {
    expect(explain(tensor(new Float32Array(0), [0, 2]), tensor(new Float32Array(0), [0, 2, 3]))).toEqual([]);
  });

  it.each([
    [
      [2, 4],
      [2, 5, 3],
    ],
    [
      [2, 4],
      [1, 4, 3],
    ],
    [[8], [2, 4, 3]],
    [
      [2, 4],
      [2, 12],
    ],
  ])('names both shapes when concepts %j do not match relevances %j', (h, theta) => {
    const zeros = (shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    expect(() => explain(zeros(h), zeros(theta))).toThrow(`concepts [${h.join(', ')}]`);
    expect(() => explain(zeros(h), zeros(theta))).toThrow(`relevances [${theta.join(', ')}]`);
  });
});

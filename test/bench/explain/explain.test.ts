import { describe, expect, it } from 'vitest';
import { outside } from '../../../bench/explain/outside.ts';
import { rowsOf, type Sample } from '../../../bench/explain/turns.ts';
import { measureTurns } from '../../../bench/turns.ts';
import { ask, logitOf } from '../../../core/attributions/shared/ask.ts';
import { sliceRows, type Tensor, tensor } from '../../../core/tensor.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';

const sample = (explanations: number, requests: number): Sample => ({ explanations, seconds: 2, requests });

describe('the turns of bench:explain', () => {
  it('begin with another way every round', async () => {
    const seen: string[] = [];
    await measureTurns(['a', 'b'], 2, async (way, round) => {
      seen.push(`${round} ${way}`);
      return sample(1, 1);
    });
    expect(seen).toEqual(['0 a', '0 b', '1 b', '1 a']);
  });

  it('are compared round by round with the first way', () => {
    const rows = rowsOf(
      new Map(Object.entries({ a: [sample(100, 100), sample(10, 10)], b: [sample(50, 400), sample(4, 32)] })),
    );
    expect(rows).toEqual([
      { way: 'a', explanationsPerSecond: 27.5, requestsPerExplanation: 1, ratio: 1, ratios: [1, 1] },
      { way: 'b', explanationsPerSecond: 13.5, requestsPerExplanation: 8, ratio: 0.45, ratios: [0.4, 0.5] },
    ]);
  });
});

describe('a model asked from outside', () => {
  it('has the logits that the server answers, in as many requests as its rows take', async () => {
    const asked: number[] = [];
    const answer = async (rows: Tensor): Promise<Tensor> => {
      const N = rows.shape[0] as number;
      asked.push(N);
      return tensor(
        Float32Array.from({ length: N * 3 }, (_, i) => (rows.data[4 * Math.floor(i / 3)] as number) + (i % 3)),
        [N, 3],
      );
    };
    let requests = 0;
    const model = outside(fakeManifest, answer, 4, () => {
      requests += 1;
    });
    const rows = tensor(
      Float32Array.from({ length: 10 * 4 }, (_, i) => i),
      [10, 1, 2, 2],
    );
    const questions = {
      count: 10,
      shape: [1, 2, 2],
      fill: (i: number, row: Float32Array) => row.set(sliceRows(rows, i, i + 1).data),
      classOf: () => 2,
    };
    expect([...(await ask(model, questions, logitOf))]).toEqual(Array.from({ length: 10 }, (_, n) => 4 * n + 2));
    expect([requests, ...asked]).toEqual([3, 4, 4, 2]);
  });
});

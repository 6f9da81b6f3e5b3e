import { describe, expect, it } from 'vitest';
import { cancellation } from '../../../../core/metrics/complexity/cancellation.ts';
import { ncc } from '../../../../core/metrics/complexity/ncc.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';

/** Contributions of one input to class 0, which is predicted unless they sum to less than 0. */
const explained = (...contributions: readonly number[][]) =>
  explanationsFrom(
    contributions.map(() => [0]),
    contributions.map((row) => row.map(() => 2)),
    contributions.map((row) => row.map((a) => [a / 2, 0])),
  );
const options = { random: randomStream(0) };

describe('cancellation', () => {
  it('is Σ|a| / |Σa|', async () => {
    const values = await cancellation.measure({ explanations: explained([3, 1, -2], [1, 2, 3]) }, options);
    expectClose(values as number[], [3, 1]);
  });

  it('has no value where the contributions sum to 0', async () => {
    expect(await cancellation.measure({ explanations: explained([1, -1]) }, options)).toEqual([null]);
  });
});

describe('ncc', () => {
  it('is the fewest concepts with 95 % of Σ|a|, signs aside', async () => {
    const rows = [
      [96, 1, 1, 2], // 96 %
      [-1, 90, 5, 4], // 90, 95 %
      [50, -44, 5, 1], // 50, 94, 99 %
      [1, 1, 1, 1],
    ];
    expect(await ncc.measure({ explanations: explained(...rows) }, options)).toEqual([1, 2, 3, 4]);
  });

  it('has no value where nothing contributes', async () => {
    expect(await ncc.measure({ explanations: explained([0, 0]) }, options)).toEqual([null]);
  });
});

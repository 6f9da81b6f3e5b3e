import { describe, expect, it } from 'vitest';
import { effective } from '../../../../core/metrics/complexity/effective.ts';
import { entropy } from '../../../../core/metrics/complexity/entropy.ts';
import { gini } from '../../../../core/metrics/complexity/gini.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';

/** Contributions of one input each to class 0, which is predicted while they sum to 0 or more. */
const explained = (...contributions: readonly number[][]) => ({
  explanations: explanationsFrom(
    contributions.map(() => [0]),
    contributions.map((row) => row.map(() => 2)),
    contributions.map((row) => row.map((a) => [a / 2, 0])),
  ),
});
const options = { random: randomStream(0) };
const rows = explained([1, 1, 1, 1], [8, 0, 0, 0], [3, -1, 0, 4], [0, 0, 0, 0]);

describe('the sizes of contributions, whatever their signs', () => {
  it('have the Gini index 0 where all are equal, (K − 1)/K where one is all', async () => {
    const [even, one, mixed, none] = (await gini.measure(rows, options)) as number[];
    // 0, 1, 3, 4: (−3·0 − 1·1 + 1·3 + 3·4) / (4·8)
    expectClose([even as number, one as number, mixed as number], [0, 3 / 4, 14 / 32]);
    expect(none).toBeNull();
  });

  it('have the entropy ln K where all are equal, and 0 where one is all', async () => {
    const [even, one, mixed, none] = (await entropy.measure(rows, options)) as number[];
    const expected = -(3 / 8) * Math.log(3 / 8) - (1 / 8) * Math.log(1 / 8) - (1 / 2) * Math.log(1 / 2);
    expectClose([even as number, one as number, mixed as number], [Math.log(4), 0, expected]);
    expect(none).toBeNull();
  });

  it('are in effect K where all are equal, and 1 where one is all', async () => {
    const [even, one, , none] = (await effective.measure(rows, options)) as number[];
    expectClose([even as number, one as number], [4, 1]);
    expect(none).toBeNull();
  });
});

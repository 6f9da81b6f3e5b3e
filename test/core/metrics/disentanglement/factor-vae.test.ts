import { describe, expect, it } from 'vitest';
import { factorVaeDefaults, factorVaeOf, variances } from '../../../../core/metrics/disentanglement/factor-vae.ts';
import { codedGroups } from '../../../../core/metrics/evidence/groups.ts';
import { randomStream } from '../../../../core/random.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type Code, factor, factorial, groupsOf, noise } from './tables.ts';

const table = factorial([3, 4, 5]);
const factors = [factor(0), factor(1), factor(2)];
const options = { ...factorVaeDefaults, trainVotes: 600, testVotes: 600, varianceRows: 2000 };
const measure = (codes: readonly Code[], of = table, change = {}) =>
  factorVaeOf(groupsOf(of, codes), randomStream(1), { ...options, ...change });
const scoreOf = async (...args: Parameters<typeof measure>) => (await measure(...args)).value;

describe('variances', () => {
  it('divides by M − 1', () => {
    expectClose(variances(tensor(Float32Array.from([1, 5, 2, 5, 6, 5]), [3, 2])), [7, 0]);
  });
});

describe('factorVae', () => {
  it('is 1 where each factor has a code of its own, also beside noise and duplicates', async () => {
    expect(await scoreOf(factors)).toBe(1);
    expect(await scoreOf([noise(1), ...factors.toReversed(), ...factors])).toBe(1);
  });

  it('gives dead codes no vote', async () => {
    const quiet: Code = ([a = 0]) => a / 16; // variance 2/3 / 256
    const { value, matrix } = await measure([() => 3, quiet, ...factors.slice(1)]);
    expect(matrix.slice(0, 2)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(value).toBeLessThan(0.75); // nobody left to tell factor 0
    expect(await scoreOf([() => 3, quiet, ...factors.slice(1)], table, { deadVariance: 0 })).toBe(1);
  });

  it('is 0 where all codes are dead', async () => {
    expect(await measure([() => 1, () => 2])).toEqual({
      value: 0,
      matrix: [
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
  });

  it('is about 1/F for noise', async () => {
    expectClose(await scoreOf([1, 2, 3].map(noise), factorial([3, 4, 5], { times: 20 })), 1 / 3, { absolute: 0.06 });
  });

  it('loses the minor one of two factors in one code: a score of two thirds', async () => {
    expectClose(await scoreOf([([a = 0, b = 0]) => 8 * a + b, factor(2)]), 2 / 3, { absolute: 0.05 });
  });

  it('is low for factors turned by 45°', async () => {
    const turned: Code[] = [([a = 0, b = 0]) => a + b, ([a = 0, b = 0]) => a - b];
    expectClose(await scoreOf(turned, factorial([8, 8])), 1 / 2, { absolute: 0.08 });
  });

  it('stays the same under permutation, shift and positive scale of the codes', async () => {
    const mixed: Code[] = [([a = 0, b = 0]) => a + b, ([, b = 0, c = 0]) => c - b / 4, ([a = 0, , c = 0]) => a * c];
    const { value, matrix } = await measure(mixed);
    expect(value).toBeGreaterThan(0.5);
    expect(value).toBeLessThan(1);
    expect(await measure(mixed.toReversed())).toEqual({ value, matrix: matrix.toReversed() });
    const scaled = mixed.map(
      (code, k): Code =>
        (v, row) =>
          2 ** (4 - 2 * k) * code(v, row) + 8,
    );
    expect(await measure(scaled)).toEqual({ value, matrix });
  });

  it('encodes only the rows it draws', async () => {
    let encoded = 0;
    const codesOf = (rows: Int32Array) => {
      encoded += rows.length;
      return Float32Array.from(rows, (row) => row % 5);
    };
    await factorVaeOf(codedGroups({ factors: table, codesOf }), randomStream(1), options);
    expect(encoded).toBe(2000 + (600 + 600) * 64);
  });
});

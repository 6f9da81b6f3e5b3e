import { describe, expect, it } from 'vitest';
import {
  codedSample,
  type FactorTable,
  selectRows,
  varyingFactors,
} from '../../../../core/metrics/evidence/factors.ts';
import { tensor } from '../../../../core/tensor.ts';
import { codesOf, factor, factorial } from '../disentanglement/tables.ts';

const table = factorial([2, 3]);

describe('varyingFactors', () => {
  it('gives each factor as a column, without those that take one value alone', () => {
    const still: FactorTable = {
      names: ['x', 'colour', 'y'],
      kinds: ['ordinal', 'categorical', 'categorical'],
      sizes: [2, 5, 2],
      values: Int32Array.from([0, 4, 1, 1, 4, 1, 1, 4, 0]),
    };
    expect(varyingFactors(still)).toEqual([
      { name: 'x', kind: 'ordinal', size: 2, values: Int32Array.from([0, 1, 1]) },
      { name: 'y', kind: 'categorical', size: 2, values: Int32Array.from([1, 1, 0]) },
    ]);
  });

  it.each([
    ['a name too few', { names: ['x'] }, 'shape_mismatch', '1 names, 2 kinds and 2 sizes'],
    ['half a row', { values: Int32Array.from([0, 1, 1]) }, 'shape_mismatch', 'divide the 3 values'],
    [
      'a value out of range',
      { values: Int32Array.from([0, 1, 1, 3]) },
      'unsupported_input',
      'v1 of row 1 must be in 0 … 2, got 3',
    ],
    [
      'a negative value',
      { values: Int32Array.from([0, 1, -1, 2]) },
      'unsupported_input',
      'v0 of row 1 must be in 0 … 1, got -1',
    ],
    [
      'nothing that varies',
      { values: Int32Array.from([1, 1, 1, 1]) },
      'unsupported_input',
      'v0, v1 are constant over 2 rows',
    ],
    ['no rows', { values: new Int32Array(0) }, 'unsupported_input', 'constant over 0 rows'],
  ])('refuses %s', (_, change, code, message) => {
    expect(() => varyingFactors({ ...table, ...change })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe('selectRows', () => {
  it('takes rows in the order asked for, again where asked again', () => {
    expect([...selectRows(table, Int32Array.from([5, 0, 5])).values]).toEqual([1, 2, 0, 0, 1, 2]);
  });
});

describe('codedSample', () => {
  it('turns rows into columns', () => {
    const { codes } = codedSample(codesOf(table, [factor(1), ([a = 0, b = 0]) => 10 * a + b]), table);
    expect(codes.map((column) => [...column])).toEqual([
      [0, 1, 2, 0, 1, 2],
      [0, 1, 2, 10, 11, 12],
    ]);
  });

  it('refuses codes of other rows, and codes that are not finite', () => {
    expect(() => codedSample(tensor(new Float32Array(10), [5, 2]), table)).toThrow(
      'codes [5, 2] must be [N, K] for the 6 rows',
    );
    expect(() => codedSample(tensor(new Float32Array(6), [6]), table)).toThrow('codes [6] must be [N, K]');
    const broken = codesOf(table, [factor(0), factor(1)]);
    broken.data[7] = Number.NaN;
    expect(() => codedSample(broken, table)).toThrow(
      expect.objectContaining({ code: 'inference_failed', message: 'codes: row 3 holds NaN' }),
    );
  });
});

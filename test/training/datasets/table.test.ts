import { describe, expect, it } from 'vitest';
import { surroundingsOf } from '../../../core/attributions/lime/surroundings.ts';
import { partition } from '../../../training/datasets/splits.ts';
import type { Column } from '../../../training/datasets/tables/columns.ts';
import { tableDataset } from '../../../training/datasets/tables/dataset.ts';
import { readCsv } from '../../../training/datasets/tables/records.ts';
import { labelColumn, tableOf, vectorGroups } from '../../../training/datasets/tables/table.ts';
import { expectClose } from '../../helpers/close.ts';
import { vectorsOf } from './helpers.ts';

const bytes = (...lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);
const columns: readonly Column[] = [
  { kind: 'number', name: 'age', unit: 'years' },
  { kind: 'category', name: 'sex', values: ['M', 'F'] },
];
const label = labelColumn('ill', [
  ['0', 'no'],
  ['1', 'yes'],
]);
const read = (...lines: string[]) => readCsv(bytes(...lines), 'x.csv', true);
const header = 'ill,sex,age,note';

describe('CSV files', () => {
  it('give columns, cells and lines', () => {
    const file = readCsv(Buffer.from('\ufeffa, b\r\n"1,5", 2\r\n\r\n"x\ny",z\r\n'), 'x.csv', true);
    expect(file.columns).toEqual(['a', 'b']);
    expect(file.records.map(({ cells }) => cells)).toEqual([
      ['1,5', '2'],
      ['x\ny', 'z'],
    ]);
    expect(file.records[0]?.line).toBe(2);
    expect(readCsv(bytes('1;2'), 'x.csv', ['a', 'b'], ';').records).toEqual([{ line: 1, cells: ['1', '2'] }]);
  });

  it.each([
    ['a line that is too short', ['a,b', '1,2', '1'], /^x\.csv: .*expect 2, got 1 on line 3/],
    ['a quote that stays open', ['a,b', '"1,2'], /^x\.csv: Quote Not Closed/],
    ['two columns of one name', ['a,a', '1,2'], /^x\.csv: column "a" is named twice/],
    ['a header and nothing else', ['a,b'], /^x\.csv: holds no records/],
    ['nothing at all', [], /^x\.csv: holds no records/],
  ])('with %s are refused', (_, lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });

  it('must have the columns that are named', () => {
    expect(() => readCsv(bytes('1,2,3'), 'x.csv', ['a', 'b'])).toThrow(
      'line 1 has 3 columns; it must have the 2 that are named',
    );
  });
});

describe('tables', () => {
  it('take their features by name, in the order asked for', () => {
    const table = tableOf(read(header, '1,F,31,x', '0,M,.5e1,y'), { columns, label });
    expect(table.features.map(({ name }) => name)).toEqual(['age', 'sex_M', 'sex_F']);
    expect(table.features.map(({ category }) => category)).toEqual([undefined, 'sex', 'sex']);
    expect([...table.values]).toEqual([31, 0, 1, 5, 1, 0]);
    expect([...table.labels]).toEqual([1, 0]);
    expect(table.classes).toEqual(['no', 'yes']);
  });

  it.each(['', 'x', '0x10', 'Infinity', 'NaN', '1e39', '1 2', '--1', '.'])(
    'refuse "%s" as a number, with line and column',
    (cell) => {
      expect(() => tableOf(read(header, '0,M,1,', `0,M,"${cell}",`), { columns, label })).toThrow(
        `x.csv: line 3, column "age": must be a decimal number within float32, got "${cell}"`,
      );
    },
  );

  it('refuse what is no category and no class, and say what is', () => {
    expect(() => tableOf(read(header, '0,X,1,'), { columns, label })).toThrow(
      'line 2, column "sex": must be one of M, F, got "X"',
    );
    expect(() => tableOf(read(header, '2,M,1,'), { columns, label })).toThrow(
      'line 2, column "ill": must be one of 0, 1, got "2"',
    );
    expect(() => tableOf(read('ill,sex', '1,M'), { columns, label })).toThrow('has no column "age"; choose ill, sex');
  });

  it('refuse a negative number where its square root is taken', () => {
    const counts: Column[] = [
      { kind: 'number', name: 'age', scaling: { transform: 'sqrt', normalisation: 'standard' } },
    ];
    expect(() => tableOf(read(header, '0,M,-1,'), { columns: counts, label })).toThrow(
      'must be at least 0 for its square root, got "-1"',
    );
  });

  it('leave out records with a missing cell, but only in the columns that are used', () => {
    const file = read(header, '0,M,?,', '?,M,1,', '1,F,2,?');
    expect([...tableOf(file, { columns, label, missing: '?' }).values]).toEqual([2, 0, 1]);
    expect(() => tableOf(file, { columns, label })).toThrow('line 3, column "ill"');
    expect(() => tableOf(read(header, '0,M,?,'), { columns, label, missing: '?' })).toThrow(
      'every record has a cell "?"',
    );
  });

  it('group rows with the same features by the first of them', () => {
    const table = tableOf(read(header, '0,M,1,', '0,F,1,', '1,M,1.0,', '1,F,2,'), { columns, label });
    expect([...vectorGroups(table)]).toEqual([0, 1, 0, 3]);
  });
});

describe('a table as a data set', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 2},${i % 3 === 0 ? 'M' : 'F'},${i % 10},`);
  const table = tableOf(read(header, ...lines), { columns, label });
  const split = { by: 'random', test: 0.25 } as const;

  it('tells its features, with the ranges of the training rows', () => {
    const { input } = tableDataset('x', table, { split, splitSeed: 1 }, '');
    expect(input).toMatchObject({
      kind: 'tabular',
      features: [
        { name: 'age', unit: 'years', range: [expect.any(Number), expect.any(Number)] },
        { name: 'sex_M', category: 'sex', range: [0, 1] },
        { name: 'sex_F', category: 'sex', range: [0, 1] },
      ],
    });
  });

  it('keeps the means and the quarters that its training rows have, by which LIME draws without them', () => {
    const { input, train } = tableDataset('x', table, { split, splitSeed: 1 }, '');
    if (input.kind !== 'tabular') return expect.fail('no table');
    const rows = train.gather(Int32Array.from(train.labels.keys()));
    const M = train.labels.length;
    const [kept, drawn] = [undefined, { shape: [M, 3], data: rows }].map((training) => surroundingsOf(input, training));
    expect(kept?.map(({ edges }) => edges)).toEqual(drawn?.map(({ edges }) => edges));
    const bins = (all: typeof kept) => all?.map((one) => one.bins.filter(({ share }) => M * share > 4.5));
    expect(bins(kept)).toEqual(bins(drawn));
    expect(bins(kept)?.map(({ length }) => length)).toEqual([3, 2, 2]);
    const meanOf = (f: number) => rows.reduce((sum, value, i) => sum + (i % 3 === f ? value : 0), 0) / M;
    expectClose(
      input.features.map(({ mean }) => mean ?? Number.NaN),
      [0, 1, 2].map(meanOf),
      { absolute: 1e-6 },
    );
  });

  it('takes ranges, quarters and scalings from its training rows alone', () => {
    const parts = partition(split, 1, table.labels);
    const fitted = (row: number | undefined) => {
      const values = Float32Array.from(table.values);
      if (row !== undefined) values[3 * row] = 1e6;
      const { input, scaling } = tableDataset('x', { ...table, values }, { split, splitSeed: 1 }, '');
      return { input, scaling };
    };
    expect(fitted(parts.test[0])).toEqual(fitted(undefined));
    expect(fitted(parts.train[0])).not.toEqual(fitted(undefined));
  });

  it('by vector has no vector on both sides', () => {
    const both = (by: 'random' | 'vector') => {
      const { train, test } = tableDataset('x', table, { split: { by, test: 0.25 }, splitSeed: 2 }, '');
      const trained = new Set(vectorsOf(train));
      expect(train.labels.length + test.labels.length).toBe(40);
      return vectorsOf(test).filter((vector) => trained.has(vector)).length;
    };
    expect(both('vector')).toBe(0);
    expect(both('random')).toBeGreaterThan(0);
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../training/datasets/csv.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { allRows, temporaryFolder, vectorsOf } from './helpers.ts';

const lines = Array.from({ length: 20 }, (_, i) => `${i % 2 ? 'yes' : 'no'};${i};${i % 3 ? 'red' : 'blue'};skipped`);

async function fileOf(...content: string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'table.csv');
  await writeFile(path, content.join('\n'));
  return path;
}

const config = (path: string, more = {}) => ({
  name: 'csv',
  path,
  delimiter: ';',
  features: [
    { kind: 'category', name: 'colour', values: ['red', 'blue'] },
    { name: 'count', unit: 'pieces', transform: 'sqrt', range: [0, 50] },
  ],
  label: 'bought',
  ...more,
});
const load = (path: string, more = {}) => loadDataset(csv.schema.parse(config(path, more)));

describe('a CSV file of one’s own', () => {
  it('is read as the configuration says, from a header or from given names', async () => {
    const columns = ['bought', 'count', 'colour', 'note'];
    const named = await load(await fileOf(columns.join(';'), ...lines));
    const given = await load(await fileOf(...lines), { header: columns });
    expect(vectorsOf(given.train)).toEqual(vectorsOf(named.train));
    expect(named.classes).toEqual(['no', 'yes']);
    expect(named.input).toMatchObject({
      kind: 'tabular',
      features: [
        { name: 'colour_red', category: 'colour', range: [0, 1] },
        { name: 'colour_blue', category: 'colour', range: [0, 1] },
        { name: 'count', unit: 'pieces', range: [0, 50] },
      ],
    });
    expect(named.scaling?.map(({ transform }) => transform)).toEqual(['linear', 'linear', 'sqrt']);
    expect([named.train.labels.length, named.test.labels.length]).toEqual([16, 4]);
  });

  it('has its classes in the order asked for', async () => {
    const path = await fileOf('bought;count;colour', ...lines.map((line) => line.replace(';skipped', '')));
    const { classes, train } = await load(path, { classes: ['yes', 'no'] });
    const counts = Array.from(train.gather(allRows(train))).filter((_, i) => i % 3 === 2);
    expect(classes).toEqual(['yes', 'no']);
    expect([...train.labels]).toEqual(counts.map((count) => (count % 2 ? 0 : 1)));
    await expect(load(path, { classes: ['yes', 'perhaps'] })).rejects.toThrow(
      'line 2, column "bought": must be one of yes, perhaps, got "no"',
    );
  });

  it('leaves out what is missing, when the configuration says what that is', async () => {
    const path = await fileOf(
      'bought;count;colour',
      'NA;1;red',
      'yes;NA;red',
      ...lines.map((line) => line.replace(';skipped', '')),
    );
    const { train, test } = await load(path, { missing: 'NA' });
    expect(train.labels.length + test.labels.length).toBe(20);
    await expect(load(path)).rejects.toThrow('table.csv: line 3, column "count": must be a decimal number');
  });

  it('must have two classes, the columns, and be there', async () => {
    const one = await fileOf('bought;count;colour', 'yes;1;red', 'yes;2;blue');
    await expect(load(one)).rejects.toThrow('column "bought" must tell two classes or more, got yes');
    await expect(load(one, { label: 'sold' })).rejects.toThrow('has no column "sold"; choose bought, count, colour');
    await expect(load('/nowhere/x.csv')).rejects.toThrow('/nowhere/x.csv: cannot be read (ENOENT)');
  });

  it.each([
    ['a feature twice', { features: [{ name: 'a' }, { name: 'a' }] }, 'must name every feature once'],
    [
      'an indicator of the same name',
      { features: [{ name: 'a_x' }, { kind: 'category', name: 'a', values: ['x', 'y'] }] },
      'every feature once',
    ],
    ['the label as a feature', { label: 'count' }, 'must be no feature'],
    ['no features', { features: [] }, 'Too small'],
    ['a class twice', { classes: ['a', 'a'] }, 'must name every class once'],
    ['a range upside down', { features: [{ name: 'a', range: [1, 0] }] }, 'must be [low, high]'],
    ['an option that there is not', { separator: ',' }, 'Unrecognized key: "separator"'],
  ])('is not configured with %s', (_, more, reason) => {
    expect(csv.schema.safeParse(config('x.csv', more)).error?.issues[0]?.message).toContain(reason);
  });

  it('has a configuration that reads back as it was resolved', () => {
    const resolved = csv.schema.parse(config('x.csv'));
    expect(csv.schema.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });
});

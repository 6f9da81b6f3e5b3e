import { describe, expect, it } from 'vitest';
import { dataSchema, datasetNames, datasets } from '../../../training/datasets/index.ts';

/** What a set cannot do without. */
const required = {
  images: { path: 'x', height: 8, width: 8 },
  csv: { path: 'x', features: [{ name: 'a' }], label: 'b' },
};
const least = (name: string) => ({ name, ...required[name as keyof typeof required] });

describe('the table of data sets', () => {
  it.each(datasetNames)('%s is configured by its name in the table, with every default written out', (name) => {
    expect(datasets[name].schema.shape.name.value).toBe(name);
    const resolved = dataSchema.parse(least(name));
    expect(resolved).toMatchObject({ name, validation: 0 });
    expect(dataSchema.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  it.each(datasetNames)('%s refuses what it does not know', (name) => {
    const { error } = dataSchema.safeParse({ ...least(name), colour: 'red' });
    expect(error?.issues[0]?.message).toContain('Unrecognized key: "colour"');
  });

  it('lists the choices for a name that it does not have', () => {
    const messageOf = (value: unknown) => dataSchema.safeParse(value).error?.issues[0]?.message;
    expect(messageOf({ name: 'mnits' })).toBe(
      `unknown data set "mnits"; choose ${datasetNames.join(', ')}; did you mean "mnist"?`,
    );
    expect(messageOf({})).toContain('unknown data set undefined; choose abalone');
    expect(messageOf('mnist')).toContain('expected object');
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import { dataSchema, loadDataset } from '../../../training/datasets/index.ts';
import { openScoringSource } from '../../../training/datasets/scoring.ts';
import { temporaryFolder } from './helpers.ts';

/** Sources of which a sample is scored. */

const table: Manifest['input'] = { kind: 'tabular', features: [{ name: 'age', range: [0, 1] }] };
const images: Manifest['input'] = { kind: 'image', channels: 1, height: 64, width: 64 };

describe('a sample', () => {
  const sample = { count: 4, seed: 5 };
  const expected = Array.from({ length: 4 }, (_, i) => chooseInputs(1000, { sample }).placeOf(i));
  const values = Array.from({ length: 1000 }, (_, n) => n);

  it.each([
    ['rows.csv', ['age', ...values]],
    ['rows.ndjson', values.map((age) => JSON.stringify({ age }))],
  ])('of %s is read alone, batch by batch', async (name, lines) => {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, lines.join('\n'));
    const source = await openScoringSource(path, { input: table, sample });
    expect([source.count, source.of]).toEqual([4, 1000]);
    const parts = [await source.read(0, 3), await source.read(3, 4)];
    expect(parts.flatMap(({ input }) => [...input.data])).toEqual(expected);
    expect(parts.map(({ rows }) => [...rows])).toEqual([[0, 1, 2], [3]]);
  });

  it('of a set has the inputs, labels and factors of its places', async () => {
    const options = { input: images, sample };
    const source = await openScoringSource('dsprites:test', options);
    const { of = 0, factors } = source;
    const { input, labels } = await source.read(0, source.count);
    const { test } = await loadDataset(dataSchema.parse({ name: 'dsprites' }));
    const { placeOf } = chooseInputs(of, { sample });
    const places = Int32Array.from({ length: 4 }, (_, i) => placeOf(i));
    expect(of).toBe(test.labels.length);
    expect(input.data).toEqual(test.gather(places));
    expect([...(labels as Int32Array)]).toEqual([...places].map((place) => test.labels[place]));
    const F = factors?.names.length ?? 0;
    const shapes = Array.from({ length: 4 }, (_, n) => factors?.values[n * F + factors.names.indexOf('shape')]);
    expect(shapes).toEqual([...(labels as Int32Array)]);
  });

  it('of fewer inputs than are asked for is all of them', async () => {
    const path = join(await temporaryFolder(), 'rows.csv');
    await writeFile(path, 'age\n1\n2');
    const source = await openScoringSource(path, { input: table, sample });
    expect(source).toMatchObject({ count: 2 });
    expect(source).not.toHaveProperty('of');
  });
});

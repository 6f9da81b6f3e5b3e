import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenSchema } from '../../../core/golden.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { randomStream } from '../../../core/random.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { rowOf } from '../../../core/tensor.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { configSchema } from '../../../training/config/config.ts';
import { type Split, splitOf } from '../../../training/datasets/dataset.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { readJsonFile } from '../../../training/files/json-file.ts';
import { describeConcepts } from '../../../training/run/concepts.ts';
import { conceptsOfPeople } from '../../../training/run/people/concepts.ts';
import { goldenPeople } from '../../../training/run/people/golden.ts';
import { groupsIn, meanOf } from '../../../training/run/people/groups.ts';
import { modelsDirectory } from '../../serve/fixtures.ts';
import { useBackend } from '../backends/installed.ts';
import { trainOnCsv } from './train-on-csv.ts';

const N = 60;
const input: TabularInput = {
  kind: 'tabular',
  features: [
    { name: 'a', range: [0, 1] },
    { name: 'b', range: [0, 100] },
  ],
};
const random = randomStream(3);
const data = Float32Array.from(
  { length: 2 * N },
  (_, i) => (random.integer(10_000) / 10_000) * (i % 2 === 0 ? 1 : 100),
);
const people = splitOf(
  { shape: [N, 2], data },
  Int32Array.from({ length: N }, (_, n) => n % 2),
);
const everyone = Array.from({ length: N }, (_, n) => n);

/** The rows of a split, as text. */
const textsOf = (split: Split): string[] =>
  Array.from(split.labels.keys(), (n) => Array.from(split.gather(Int32Array.of(n))).join());

describe('groups of people', () => {
  it('are of five rows each, and no row is in two', () => {
    const groups = groupsIn(people, input)(everyone, 100).map(({ group }) => group);
    expect(groups).toHaveLength(N / 5);
    expect(groups.every((group) => new Set(group).size === 5)).toBe(true);
    expect(groups.flat().toSorted((a, b) => a - b)).toEqual(everyone);
    expect(groupsIn(people, input)(everyone.slice(0, 4), 100)).toEqual([]);
  });

  it('begin where the order begins, and take the rows nearest to that, by the widths of the ranges', () => {
    const [first] = groupsIn(people, input)(everyone, 1);
    const at = (n: number) => [data[2 * n] as number, (data[2 * n + 1] as number) / 100] as const;
    const [[a, b], distance] = [at(0), (n: number) => Math.hypot(at(n)[0] - a, at(n)[1] - b)];
    expect(first?.group).toEqual(everyone.toSorted((m, n) => distance(m) - distance(n)).slice(0, 5));
    expect(first?.spread).toBeCloseTo(distance(first?.group.at(-1) as number) / Math.SQRT2, 6);
  });

  it('have a mean, which is the row where five are equal', () => {
    expect(Array.from(meanOf(people, [0, 1, 2, 3, 4]))).toEqual([
      expect.closeTo([0, 2, 4, 6, 8].reduce((sum, i) => sum + (data[i] as number), 0) / 5, 6),
      expect.closeTo([1, 3, 5, 7, 9].reduce((sum, i) => sum + (data[i] as number), 0) / 5, 4),
    ]);
    const equal = splitOf({ shape: [5, 2], data: new Float32Array(10).fill(0.1) }, new Int32Array(5));
    expect(meanOf(equal, [0, 1, 2, 3, 4])).toEqual(new Float32Array(2).fill(0.1));
  });

  it('stand at the ends of concepts in the place of rows, with the class that most of them have', () => {
    const activations = { shape: [N, 2], data };
    const described = describeConcepts(activations, ['a', 'b'], people.labels);
    const { concepts, statics } = conceptsOfPeople(activations, described, { input, train: people });
    const rows = textsOf(people);
    concepts.forEach(({ groups, prototypes, lowPrototypes, contrasts, prototypeLabels, mean = 0 }, k) => {
      expect([prototypes, lowPrototypes, contrasts]).toEqual([[], [], []]);
      expect(prototypeLabels).toHaveLength(groups?.high.length as number);
      for (const [end, content] of [
        ['high', statics.prototypes],
        ['low', statics.lowPrototypes],
      ] as const) {
        const [, P = 0] = content.shape;
        const shown = groups?.[end].map((_, p) => rowOf({ shape: [2 * P, 2], data: content.data }, k * P + p)) ?? [];
        expect(shown.length).toBeGreaterThan(0);
        expect(groups?.[end].every((size) => size >= 5)).toBe(true);
        for (const row of shown) {
          expect(rows).not.toContain(Array.from(row).join());
          expect(Math.sign((row[k] as number) - mean)).toBe(end === 'high' ? 1 : -1);
        }
      }
    });
  });

  it('are the golden inputs too; a smaller test set is refused', () => {
    const shown = goldenPeople(people, input, 4);
    expect(shown.shape).toEqual([4, 2]);
    for (const row of textsOf(shown)) expect(textsOf(people)).not.toContain(row);
    const four = splitOf({ shape: [4, 2], data: data.slice(0, 8) }, new Int32Array(4));
    expect(() => goldenPeople(four, input, 4)).toThrow('a test set of people needs 5 rows or more, got 4');
  });
});

/** The rows that a model folder holds: prototypes of both ends, and golden inputs. */
async function rowsIn(folder: string, { files, golden }: Manifest): Promise<string[]> {
  const statics = await Promise.all(
    Object.values(files).map(async ({ file }) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
  );
  const { tensors } = await readJsonFile(join(folder, golden.file), goldenSchema, 'invalid_model');
  const { shape = [], data = [] } = tensors['input'] ?? {};
  const [, F = 0] = shape;
  const inputs = Array.from({ length: data.length / F }, (_, n) => data.slice(n * F, (n + 1) * F));
  const all = [...statics.flatMap(({ rows }) => rows.flat()), ...inputs] as number[][];
  return all.map((row) => Array.from(Float32Array.from(row)).join());
}

describe('a run on people', () => {
  let folder = '';
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'senn-people-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('leaves no row of one in its model, and says so', async () => {
    const lines = everyone.map((n) => `${data[2 * n]},${data[2 * n + 1]},${n % 2 === 0 ? 'even' : 'odd'}`);
    const { config } = await trainOnCsv(folder, lines, {}, join(folder, 'run'));
    const { manifest } = await exportRun(join(folder, 'run'), join(folder, 'rows'));
    expect(manifest.training?.data.people).toBe(true);
    expect(Object.keys(manifest.files)).toEqual(['prototypes', 'lowPrototypes']);
    expect(await readFile(join(folder, 'rows/README.md'), 'utf8')).toContain('Its rows are people');
    const { train, test } = await loadDataset(config.data);
    const rows = [...textsOf(train), ...textsOf(test)];
    const shown = await rowsIn(join(folder, 'rows'), manifest);
    expect(shown.length).toBeGreaterThan(8);
    for (const row of shown) expect(rows).not.toContain(row);
  });
});

describe('compas-senn, as it is shipped', async () => {
  const folder = join(modelsDirectory, 'compas-senn');
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const set = await loadDataset(configSchema.parse(manifest.training?.config).data).catch(() => undefined);

  it.skipIf(set === undefined)('shows no features that fewer than five people have', async () => {
    const counts = new Map<string, number>();
    for (const row of [set?.train, set?.test].flatMap((split) => (split === undefined ? [] : textsOf(split)))) {
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
    const shown = await rowsIn(folder, manifest);
    expect(shown.length).toBeGreaterThan(100);
    const few = shown.filter((row) => (counts.get(row) ?? Number.POSITIVE_INFINITY) < 5);
    expect(few).toEqual([]);
  });
});

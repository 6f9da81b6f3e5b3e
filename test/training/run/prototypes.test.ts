import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staticFiles } from '../../../core/artefacts/index.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { readFolderStatics, readModelFolder } from '../../../serve/models/model-folder.ts';
import { decodeStatic } from '../../../serve/models/static-files.ts';
import { splitOf } from '../../../training/datasets/dataset.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { trainingInputDocuments } from '../../../training/run/statics.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { useBackend } from '../backends/installed.ts';
import { trainOnCsv } from './train-on-csv.ts';

const [concept] = fakeManifest.concepts as [Manifest['concepts'][number]];
const indexing = (input: Manifest['input'], indices: readonly number[][]): Manifest => ({
  ...fakeManifest,
  input,
  concepts: indices.map((prototypes) => ({ ...concept, prototypes })),
});

const countsOf = ({ concepts }: Manifest): number[] => concepts.map(({ prototypes }) => prototypes.length);

const bytesOf = (content: string | Uint8Array | undefined): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : (content as Uint8Array);

describe('the file of prototypes', () => {
  it.each([1, 3] as const)('holds the images that the manifest indexes, %i channels', (channels) => {
    const shape = [7, channels, 4, 6];
    const size = channels * 4 * 6;
    const data = Float32Array.from({ length: 7 * size }, (_, i) => ((i * 37) % 256) / 255);
    const split = splitOf({ shape, data }, new Int32Array(7));
    const manifest = indexing({ kind: 'image', channels, height: 4, width: 6 }, [[5, 0, 3], [6]]);
    const document = trainingInputDocuments(manifest, split);
    expect(Object.keys(document)).toEqual(['prototypes.png']);
    expect(trainingInputDocuments(manifest, split)).toEqual(document);
    const decoded = decodeStatic(bytesOf(document['prototypes.png']), countsOf(manifest), manifest, 'p');
    expect(decoded.shape).toEqual([2, 3, ...shape.slice(1)]);
    expect(decoded.data.subarray(0, 3 * size)).toEqual(split.gather(Int32Array.of(5, 0, 3)));
    expect(decoded.data.subarray(3 * size, 4 * size)).toEqual(split.gather(Int32Array.of(6)));
    expect(decoded.data.subarray(4 * size)).toEqual(new Float32Array(2 * size));
  });

  it('holds the rows of a table in the units of its features, to the last bit', () => {
    const data = Float32Array.of(0.1, 1e-7, 3.3333333, 4, 16_777_216, -0.7);
    const split = splitOf({ shape: [3, 2], data }, new Int32Array(3));
    const features = ['a', 'b'].map((name) => ({ name, range: [0, 1] as [number, number] }));
    const manifest = indexing({ kind: 'tabular', features }, [[2, 0], [1]]);
    const document = trainingInputDocuments(manifest, split);
    expect(document).toEqual({
      'prototypes.json': '{"rows":[[[16777216,-0.7],[0.1,1e-7]],[[3.3333333,4]]]}\n',
    });
    const decoded = decodeStatic(bytesOf(document['prototypes.json']), countsOf(manifest), manifest, 'p');
    expect(decoded.data).toEqual(Float32Array.of(16_777_216, -0.7, 0.1, 1e-7, 3.3333333, 4, 0, 0));
  });

  it('is not there where no concept has any', () => {
    const split = splitOf({ shape: [1, 1, 2, 2], data: new Float32Array(4) }, new Int32Array(1));
    expect(trainingInputDocuments(indexing(fakeManifest.input, [[], []]), split)).toEqual({});
  });
});

describe('a run', () => {
  let folder = '';
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'senn-prototypes-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps the inputs that its record indexes, and its model folder lists them', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `${(n * 7) % 41},${n},${n % 2 === 0 ? 'even' : 'odd'}`);
    const out = join(folder, 'run');
    const { config, record } = await trainOnCsv(folder, rows, { people: false, validation: 0.2 }, out);
    const model = join(folder, 'rows');
    await exportRun(out, model);
    const { prototypes, lowPrototypes, contrasts } = await readFolderStatics(await readModelFolder(model));
    const { train } = await loadDataset(config.data);
    const indexed = record.concepts.flatMap(({ prototypes }) => prototypes);
    expect(prototypes?.data).toEqual(train.gather(Int32Array.from(indexed)));
    // an identity conceptizer: the prototypes of a feature are the rows where it is highest
    const ofFirst = Array.from({ length: 9 }, (_, p) => prototypes?.data[2 * p] as number);
    const values = train.gather(Int32Array.from(train.labels.keys())).filter((_, i) => i % 2 === 0);
    expect(ofFirst).toEqual([...values].sort((a, b) => b - a).slice(0, 9));
    // and at its low end those where it is lowest; the classes are told beside both
    const lowest = Array.from({ length: 9 }, (_, p) => lowPrototypes?.data[2 * p] as number);
    expect(lowest).toEqual([...values].sort((a, b) => a - b).slice(0, 9));
    for (const { prototypes: high, prototypeLabels, lowPrototypes: low = [], lowPrototypeLabels } of record.concepts) {
      expect(prototypeLabels).toEqual(high.map((n) => train.labels[n]));
      expect(lowPrototypeLabels).toEqual(low.map((n) => train.labels[n]));
    }
    const paired = record.concepts.flatMap(({ contrasts: pairs = [] }) => pairs.flat());
    expect(paired.length).toBeGreaterThan(0);
    expect(contrasts?.data).toEqual(train.gather(Int32Array.from(paired)));
    expect(await readFile(join(model, 'prototypes.json'))).toEqual(await readFile(join(out, 'prototypes.json')));

    // a run of before they were kept: the model has none, not even the earlier ones
    for (const [, { names }] of staticFiles) await rm(join(out, names.tabular), { force: true });
    const { manifest } = await exportRun(out, model);
    expect(manifest.files).toEqual({});
    expect(manifest.artefacts).not.toContain('prototypes');
    expect(await readdir(model)).not.toContain('prototypes.json');
  });
});

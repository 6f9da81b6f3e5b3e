import { describe, expect, it } from 'vitest';
import { inputShape, type ListedFile, listedFiles, type Manifest, parseManifest } from '../../core/manifest.ts';
import { fakeManifest } from '../helpers/fake-model.ts';

/** The manifest with one value, at a path such as `graphs.decoder.file`, replaced. */
function replaced(path: string, value: unknown): unknown {
  const copy = structuredClone(fakeManifest) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce((node, key) => node[key] as Record<string, unknown>, copy);
  parent[last] = value;
  return copy;
}

describe('manifest', () => {
  it('is read back as it was written', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(fakeManifest)))).toEqual(fakeManifest);
  });

  it.each([
    ['graphs.decoder.file', '../decoder.onnx'],
    ['graphs.decoder.file', 'sub/decoder.onnx'],
    ['graphs.decoder.file', 'sub\\decoder.onnx'],
    ['graphs.decoder.file', '/etc/passwd'],
    ['graphs.decoder.file', '..'],
    ['graphs.decoder.file', '.hidden'],
    ['graphs.decoder.file', ''],
    ['graphs.decoder.file', 'a\nb'],
    ['graphs.decoder.file', 'decoder.onnx\n'],
    ['graphs.decoder.file', 'a'.repeat(129)],
    ['golden.file', 'file:///golden.json'],
    ['files.prototypes', { file: '../prototypes.png', sha256: '0'.repeat(64) }],
    ['files.prototypes', 'prototypes.png'],
    ['graphs.decoder.inputs', []],
    ['graphs.decoder.outputs', ['picture']],
    ['parameterizer.reads', 'nothing'],
    ['parameterizer.reads', 'concepts'],
    ['artefacts', ['a b']],
    ['graphs.decoder.sha256', '0'.repeat(63)],
    ['graphs.decoder.sha256', 'G'.repeat(64)],
    ['graphs.decoder.sha256', 'A'.repeat(64)],
    ['name', '../fake'],
    ['name', 'Fake'],
    ['name', ''],
    ['name', 'a'.repeat(65)],
    ['version', '1/2'],
    ['schemaVersion', 3],
    ['kind', 'two words'],
    ['classes', ['only one']],
    ['classes', ['a', '']],
    ['concepts', []],
    ['concepts.0.quantiles.q05', Number.NaN],
    ['concepts.0.prototypes', [-1]],
    ['input.channels', 2],
    ['input.height', 0],
    ['input.height', 2.5],
    ['input.width', 5000],
    ['input.kind', 'sound'],
    ['training.data.count', 0],
    ['metrics', { accuracy: 'high' }],
    ['surprise', 1],
    ['graphs.surprise', fakeManifest.golden],
    ['input.surprise', true],
    ['concepts.0.surprise', true],
  ])('refuses %s = %j and says where', (path, value) => {
    const where = path.replace(/\.?surprise$/, '');
    expect(() => parseManifest(replaced(path, value), 'models/fake/manifest.json')).toThrow(
      expect.objectContaining({
        code: 'invalid_model',
        message: expect.stringMatching(`^models/fake/manifest\\.json: .*${where}`),
      }),
    );
  });

  it.each([[null], [[]], ['{}'], [{}]])('refuses %j', (value) => {
    expect(() => parseManifest(value)).toThrow(expect.objectContaining({ code: 'invalid_model' }));
  });

  it('names every issue, not the first alone', () => {
    expect(() => parseManifest({ ...fakeManifest, kind: 'X', classes: [] })).toThrow(/kind.*classes/);
  });

  it('lists every file of the folder, with prototypes where there are some', () => {
    const { graphs, golden } = fakeManifest;
    const files = [graphs.conceptizer, graphs.parameterizer, graphs.decoder, golden].map((entry) => {
      const { file, sha256 } = entry as ListedFile;
      return { file, sha256 };
    });
    expect(listedFiles(fakeManifest)).toEqual(files);
    const prototypes = { file: 'prototypes.png', sha256: '1'.repeat(64) };
    const manifest = parseManifest({ ...fakeManifest, files: { prototypes } });
    expect(listedFiles(manifest)).toEqual([...files, prototypes]);
  });

  it('may lack a decoder, but not what gives concepts and relevances', () => {
    const { decoder: _, ...without } = fakeManifest.graphs;
    expect(parseManifest({ ...fakeManifest, graphs: without }).graphs).toEqual(without);
    const { conceptizer: __, ...unusable } = fakeManifest.graphs;
    expect(() => parseManifest({ ...fakeManifest, graphs: unusable })).toThrow(
      'graphs: must give concepts and relevances from input',
    );
  });

  it('of schema version 1 is read as version 2: the ports, the artefacts and the files that it had', () => {
    const { schemaVersion: _, parameterizer: __, artefacts: ___, files: ____, ...rest } = fakeManifest;
    const graphs = Object.fromEntries(
      Object.entries(fakeManifest.graphs).map(([name, { file, sha256 }]) => [name, { file, sha256 }]),
    );
    const old = { ...rest, graphs, schemaVersion: 1 };
    expect(parseManifest(old)).toEqual(fakeManifest);
    const prototypes = { file: 'prototypes.png', sha256: '1'.repeat(64) };
    expect(parseManifest({ ...old, prototypes })).toEqual({
      ...fakeManifest,
      artefacts: [...fakeManifest.artefacts, 'prototypes'],
      files: { prototypes },
    });
    expect(() => parseManifest({ ...old, graphs: { ...graphs, decoder: 1 } })).toThrow('graphs.decoder');
    expect(() => parseManifest({ ...old, surprise: 1 })).toThrow('surprise');
  });

  it('gives the shape of one input', () => {
    const table: Manifest['input'] = {
      kind: 'tabular',
      features: [
        { name: 'age', unit: 'years', range: [0, 100] },
        { name: 'priors', range: [0, 1] },
      ],
    };
    expect(inputShape(fakeManifest)).toEqual([1, 2, 2]);
    expect(inputShape({ input: table })).toEqual([2]);
    expect(parseManifest({ ...fakeManifest, input: table }).input).toEqual(table);
  });
});

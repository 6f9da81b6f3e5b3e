import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGolden, replayGolden } from '../../../core/golden.ts';
import { parseManifest } from '../../../core/manifest.ts';
import type { Sessions } from '../../../core/predictor.ts';
import type { Session } from '../../../core/session.ts';
import { decodeModel } from '../../../export/onnx/schema.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { startBackend } from '../parity.ts';
import { createTrio, runRecord, writeRun } from './run-folder.ts';

let root: string;
let run: string;
const graphs = ['model', 'conceptizer', 'parameterizer', 'decoder'] as const;
const files = [
  'README.md',
  'conceptizer.onnx',
  'decoder.onnx',
  'golden.json',
  'manifest.json',
  'model.onnx',
  'parameterizer.onnx',
];

beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-export-'));
  run = join(root, 'run');
  await writeRun(run);
});
afterAll(() => rm(root, { recursive: true }));

const fresh = async (name: string): Promise<string> => {
  const folder = await mkdtemp(join(root, `${name}-`));
  await writeRun(folder);
  return folder;
};
const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

async function openSession(file: string): Promise<Session> {
  const session = await ort.InferenceSession.create(file);
  return {
    executionProvider: 'cpu',
    async run(feeds) {
      const inputs = Object.entries(feeds).map(([name, { shape, data }]) => [name, new ort.Tensor(data, shape)]);
      const outputs = Object.entries(await session.run(Object.fromEntries(inputs)));
      return Object.fromEntries(
        outputs.map(([name, { dims, data }]) => [name, { shape: dims, data: data as Float32Array }]),
      );
    },
    close: () => session.release(),
  };
}

describe('a run as a model folder', () => {
  it('holds the contract: manifest, digests, and graphs that give the golden outputs', async () => {
    const out = join(root, 'models', 'tiny');
    const written = await exportRun(run, out);
    expect((await readdir(out)).toSorted()).toEqual(files);
    expect(await readdir(join(root, 'models'))).toEqual(['tiny']);
    const manifest = parseManifest(await readJson(out, 'manifest.json'));
    expect(manifest).toEqual(written.manifest);
    expect(manifest).toMatchObject({ name: 'tiny', classes: ['no', 'yes'], metrics: { accuracy: 0.5 } });
    for (const { file, sha256 } of [...Object.values(manifest.graphs), manifest.golden]) {
      const bytes = await readFile(join(out, file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const entries = await Promise.all(
      graphs.map(async (graph) => [graph, await openSession(join(out, `${graph}.onnx`))] as const),
    );
    const sessions: Sessions = Object.fromEntries(entries);
    const checks = await replayGolden(parseGolden(await readJson(out, 'golden.json')), manifest, sessions);
    expect(checks.map(({ graph, output, passed }) => [graph, output, passed])).toEqual([
      ['model', 'concepts', true],
      ['model', 'log_variance', true],
      ['model', 'relevances', true],
      ['conceptizer', 'concepts', true],
      ['conceptizer', 'log_variance', true],
      ['parameterizer', 'relevances', true],
      ['decoder', 'reconstruction', true],
      ['aggregator', 'logits', true],
    ]);
  });

  it('refuses a folder that has not the model’s name, which no server would load', async () => {
    await expect(exportRun(run, join(root, 'other'))).rejects.toThrow('must have its name, as models/tiny');
  });

  it('carries its provenance in every graph', async () => {
    const out = join(root, 'provenance', 'tiny');
    await exportRun(run, out);
    for (const graph of graphs) {
      const { metadataProps } = decodeModel(await readFile(join(out, `${graph}.onnx`)));
      expect(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))).toMatchObject({
        'senn.model': 'tiny',
        'senn.graph': graph,
        'senn.config': '{"beta":4,"seed":1}',
        'senn.backend': 'wasm',
        'senn.metrics': '{"accuracy":0.5}',
      });
    }
  });

  it('has the same bytes twice, and keeps every float32 of golden.json', async () => {
    const [a, b] = [join(root, 'a', 'tiny'), join(root, 'b', 'tiny')];
    await exportRun(run, a);
    await exportRun(run, b);
    for (const file of files) {
      expect(Buffer.compare(await readFile(join(a, file)), await readFile(join(b, file))), file).toBe(0);
    }
    const [before, after] = [
      parseGolden(await readJson(run, 'golden.json')),
      parseGolden(await readJson(a, 'golden.json')),
    ];
    for (const [name, { shape, data }] of Object.entries(before.tensors)) {
      expect(after.tensors[name]?.shape).toEqual(shape);
      expect(after.tensors[name]?.data.map(Math.fround)).toEqual(data);
    }
  });

  it('replaces a model folder and keeps what else is in it', async () => {
    const out = join(root, 'again', 'tiny');
    await exportRun(run, out);
    await writeFile(join(out, 'README.md'), 'made by senn train');
    await writeFile(join(out, 'golden.json'), 'spoiled');
    await exportRun(run, out);
    expect((await readdir(out)).toSorted()).toEqual(files);
    expect(await readFile(join(out, 'README.md'), 'utf8')).toBe('made by senn train');
    parseGolden(await readJson(out, 'golden.json'));
  });
});

describe('refusals', () => {
  it('a folder that is no model, which stays as it is', async () => {
    const out = join(root, 'foreign', 'tiny');
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'thesis.tex'), '');
    await expect(exportRun(run, out)).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('has no manifest.json'),
    });
    expect(await readdir(out)).toEqual(['thesis.tex']);
  });

  it('weights that are not finite, and the old model stays whole', async () => {
    const out = join(root, 'kept', 'tiny');
    await exportRun(run, out);
    const before = await readFile(join(out, 'manifest.json'));
    const trio = createTrio();
    const kernel = trio.decoder.getLayer('unflatten').weights[0];
    kernel?.write(tf.fill(kernel.shape as number[], Number.NaN));
    const broken = join(root, 'broken');
    await writeRun(broken, trio);
    await writeFile(join(broken, 'golden.json'), await readFile(join(run, 'golden.json')));
    await expect(exportRun(broken, out)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('layer "unflatten" (Dense): weight "kernel" must be finite'),
    });
    expect(Buffer.compare(await readFile(join(out, 'manifest.json')), before)).toBe(0);
  });

  it('networks that do not fit the record', async () => {
    const folder = await fresh('unfit');
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...runRecord, classes: ['a', 'b', 'c'] }));
    await expect(exportRun(folder, join(root, 'never', 'tiny'))).rejects.toMatchObject({
      code: 'shape_mismatch',
      message: expect.stringContaining('relevances [batch, 3, 2] must be relevances [batch, 3, 3]'),
    });
    expect(await readdir(root)).not.toContain('never');
  });

  it('a golden file without a tensor of the contract', async () => {
    const folder = await fresh('golden');
    const { tensors } = await readJson(folder, 'golden.json');
    delete tensors.relevances;
    await writeFile(join(folder, 'golden.json'), JSON.stringify({ tensors }));
    await expect(exportRun(folder, join(root, 'never', 'tiny'))).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('no tensor "relevances"'),
    });
  });

  it('a folder that holds no run', async () => {
    await expect(exportRun(join(root, 'nothing'), join(root, 'never', 'tiny'))).rejects.toMatchObject({
      code: 'missing_data',
    });
  });
});

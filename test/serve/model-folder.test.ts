import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Golden } from '../../core/golden.ts';
import type { Manifest } from '../../core/manifest.ts';
import { startEngine } from '../../serve/engine.ts';
import { explainImages } from '../../serve/explain/explain.ts';
import { listModelFolders, loadPredictor, readModelFolder } from '../../serve/model-folder.ts';
import { openSession, sessionOpener } from '../../serve/onnxruntime.ts';
import { assertVerified, verifyModel } from '../../serve/verify/verify.ts';
import { digitPng, modelPath } from './fixtures.ts';

let directory: string;
let copy: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-models-'));
  copy = join(directory, 'mnist-disenn');
  await cp(modelPath, copy, { recursive: true });
});

afterEach(() => rm(directory, { recursive: true }));

const edit = async <T>(file: string, change: (value: T) => T): Promise<void> => {
  const path = join(copy, file);
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
};

describe('a directory of models', () => {
  it('holds the folders with a manifest', async () => {
    await mkdir(join(directory, 'notes'));
    await writeFile(join(directory, 'README.md'), '');
    expect((await listModelFolders(directory)).map(({ manifest }) => manifest.name)).toEqual(['mnist-disenn']);
    expect(await listModelFolders(join(directory, 'nowhere'))).toEqual([]);
  });

  it('names each folder as its manifest does', async () => {
    await cp(copy, join(directory, 'renamed'), { recursive: true });
    await expect(listModelFolders(directory)).rejects.toThrow(/renamed: .*"mnist-disenn" must be the folder's name/);
  });
});

describe('a model folder is refused', () => {
  it('without a manifest, or with a wrong one', async () => {
    await expect(readModelFolder(directory)).rejects.toMatchObject({ code: 'invalid_model' });
    await edit<Manifest>('manifest.json', (manifest) => ({ ...manifest, classes: [] }));
    await expect(readModelFolder(copy)).rejects.toThrow(/manifest\.json: classes/);
  });

  it('when a graph is not the one the manifest lists', async () => {
    await writeFile(join(copy, 'decoder.onnx'), 'something else');
    await expect(loadPredictor(copy, openSession)).rejects.toMatchObject({
      code: 'invalid_model',
      details: { file: 'decoder.onnx', expected: expect.any(String), actual: expect.any(String) },
    });
    const starting = startEngine([await readModelFolder(copy)], { threads: 1, maxQueue: 1 });
    await expect(starting).rejects.toMatchObject({ code: 'invalid_model', details: { file: 'decoder.onnx' } });
  });

  it('when a graph is missing', async () => {
    await rm(join(copy, 'decoder.onnx'));
    await expect(loadPredictor(copy, openSession)).rejects.toThrow(/decoder\.onnx: cannot be read \(ENOENT\)/);
  });
});

describe('a session', () => {
  it('opens on the first provider that takes the graph, and says which', async () => {
    const graph = await readFile(join(copy, 'decoder.onnx'));
    const session = await sessionOpener({ providers: ['no-such-provider', 'cpu'] })(graph);
    expect(session.executionProvider).toBe('cpu');
    await session.close();
  });

  it('is not opened on what is no graph', async () => {
    await expect(openSession(Buffer.from('no graph'))).rejects.toMatchObject({
      code: 'invalid_model',
      details: { refusals: { cpu: expect.stringMatching(/protobuf/) } },
    });
  });

  it('names the shapes that it cannot run', async () => {
    const session = await openSession(await readFile(join(copy, 'conceptizer.onnx')));
    const run = session.run({ input: { shape: [1, 5], data: new Float32Array(5) } });
    await expect(run).rejects.toMatchObject({
      code: 'inference_failed',
      message: expect.stringContaining('input [1, 5]'),
    });
    await session.close();
  });
});

describe('verify', () => {
  it('passes the model, output by output', async () => {
    const verification = await verifyModel(copy, openSession);
    expect(verification.checks.map(({ output }) => output)).toEqual(
      expect.arrayContaining(['concepts', 'relevances', 'reconstruction']),
    );
    expect(() => assertVerified(verification)).not.toThrow();
  });

  it('fails on a golden output that is off, and names it', async () => {
    const shift = async (): Promise<string> => {
      await edit<Golden>('golden.json', (golden) => {
        const data = golden.tensors['relevances']?.data as number[];
        data[0] = (data[0] as number) + 0.01;
        return golden;
      });
      const bytes = await readFile(join(copy, 'golden.json'));
      return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    };
    const sha256 = await shift();
    await expect(verifyModel(copy, openSession)).rejects.toMatchObject({ code: 'invalid_model' });
    await edit<Manifest>('manifest.json', (manifest) => ({ ...manifest, golden: { ...manifest.golden, sha256 } }));
    const verification = await verifyModel(copy, openSession);
    expect(() => assertVerified(verification)).toThrow(/parameterizer\.relevances is off by 1\.00e-2/);
  });
});

it('explain draws a figure of every image', async () => {
  const images = await Promise.all(
    [0, 1].map(async (index) => {
      const path = join(directory, `digit-${index}.png`);
      await writeFile(path, await digitPng(index));
      return path;
    }),
  );
  const out = join(directory, 'figures', 'explained.png');
  const predictions = await explainImages({ model: copy, images, out, steps: 3 }, openSession);
  expect(predictions).toHaveLength(2);
  const { format, width, height } = await sharp(out).metadata();
  expect(format).toBe('png');
  expect(Math.min(width, height)).toBeGreaterThan(400);
  const missing = explainImages({ model: copy, images: ['/no/digit.png'], out, steps: 3 }, openSession);
  await expect(missing).rejects.toMatchObject({ code: 'missing_input' });
});

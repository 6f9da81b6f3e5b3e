import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import type { Golden } from '../../../core/golden.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { explainFiles } from '../../../serve/commands/explain/explain.ts';
import { startServer } from '../../../serve/commands/serve/server.ts';
import { assertVerified, verifyModel } from '../../../serve/commands/verify/verify.ts';
import { resolveConfig } from '../../../serve/config/index.ts';
import { openSession, sessionOpener } from '../../../serve/inference/onnxruntime.ts';
import { readBundle } from '../../../serve/models/bundle.ts';
import { listModelFolders, loadPredictor, openGraphs, readModelFolder } from '../../../serve/models/model-folder.ts';
import { type FakeSession, rowSession } from '../../helpers/fake-model.ts';
import { digitPng, modelPath } from '../fixtures.ts';

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
    const rule = /renamed: .*"mnist-disenn" must be the folder's name/;
    await expect(listModelFolders(directory)).rejects.toThrow(rule);
    await expect(verifyModel(join(directory, 'renamed'), openSession)).rejects.toThrow(rule);
  });

  it('is served without those that are wrong, as long as one is right', async () => {
    await mkdir(join(directory, 'torn'));
    await writeFile(join(directory, 'torn', 'manifest.json'), '{"schemaVersion": 1');
    await cp(copy, join(directory, 'changed'), { recursive: true });
    const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as Manifest;
    await writeFile(join(directory, 'changed', 'manifest.json'), JSON.stringify({ ...manifest, name: 'changed' }));
    await writeFile(join(directory, 'changed', 'decoder.onnx'), 'something else');
    const log: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line: string) => void log.push(line) });
    const config = resolveConfig({ flags: { '--models': directory, '--port': '0' } });
    const options = { config, logger, page: { kind: 'missing', reason: 'No page here.' } as const };
    const server = await startServer(options);
    expect(server.models).toEqual(['mnist-disenn']);
    await server.close();
    expect(log.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ code: 'invalid_model', msg: 'a model is not served as it is' }),
      expect.objectContaining({ code: 'invalid_model', msg: 'a model is not served as it is' }),
    ]);
    for (const file of [/torn.manifest\.json/, /changed.decoder\.onnx/]) expect(log.join()).toMatch(file);
    await rm(copy, { recursive: true });
    await expect(startServer(options)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(/no model in .* can be served: .*torn.*changed/),
    });
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
    await expect(readBundle(copy)).rejects.toMatchObject({ code: 'invalid_model', details: { file: 'decoder.onnx' } });
  });

  it('when a graph is missing', async () => {
    await rm(join(copy, 'decoder.onnx'));
    await expect(loadPredictor(copy, openSession)).rejects.toThrow(/decoder\.onnx: cannot be read \(ENOENT\)/);
  });
});

it('graphs are opened all or none', async () => {
  const folder = await readModelFolder(copy);
  const sessions: FakeSession[] = [];
  let opened = 0;
  const open = async () => {
    opened += 1;
    if (opened === 2) throw new SennError('invalid_model', 'no memory');
    const session = rowSession('concepts', [1], () => [0]);
    sessions.push(session);
    return session;
  };
  const opening = openGraphs(folder, open, ['conceptizer', 'parameterizer', 'decoder']);
  await expect(opening).rejects.toThrow('no memory');
  expect(sessions.map(({ closed }) => closed())).toEqual([true, true]);
});

it('a golden file that is no JSON is a fault of the model', async () => {
  await writeFile(join(copy, 'golden.json'), '{"tensors": ');
  const sha256 = createHash('sha256').update('{"tensors": ').digest('hex');
  await edit<Manifest>('manifest.json', (manifest) => ({ ...manifest, golden: { ...manifest.golden, sha256 } }));
  await expect(verifyModel(copy, openSession)).rejects.toMatchObject({
    code: 'invalid_model',
    message: expect.stringContaining('golden.json: '),
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
  const files = await Promise.all(
    [0, 1].map(async (index) => {
      const path = join(directory, `digit-${index}.png`);
      await writeFile(path, await digitPng(index));
      return path;
    }),
  );
  const out = join(directory, 'figures', 'explained.png');
  await mkdir(join(directory, 'figures'));
  const predictions = await explainFiles({ model: copy, files, out, steps: 3 }, openSession);
  expect(predictions.map(({ name }) => name)).toEqual(files);
  const { format, width, height } = await sharp(out).metadata();
  expect(format).toBe('png');
  expect(Math.min(width, height)).toBeGreaterThan(400);
  const missing = explainFiles({ model: copy, files: ['/no/digit.png'], out, steps: 3 }, openSession);
  await expect(missing).rejects.toMatchObject({ code: 'missing_data' });
  expect(await readdir(join(directory, 'figures'))).toEqual(['explained.png']);
});

describe('explain refuses before it works', () => {
  const nowhere = { model: '/no/model', files: ['/no/digit.png'], steps: 3 };

  it.each([
    ['a folder', () => directory, /it is a folder/],
    ['what is below no folder', () => '/dev/null/figure.png', /ENOTDIR/],
    ['a device', () => '/dev/null', /no regular file/],
  ])('%s', async (_, out, reason) => {
    const explaining = explainFiles({ ...nowhere, out: out() }, openSession);
    await expect(explaining).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(reason),
    });
  });

  it('more images than fit in a figure', async () => {
    const out = join(directory, 'figure.png');
    const files = Array<string>(200).fill('/no/digit.png');
    await expect(explainFiles({ model: copy, files, out, steps: 3 }, openSession)).rejects.toMatchObject({
      code: 'payload_too_large',
      message: expect.stringMatching(/200 inputs; at most \d+ of model "mnist-disenn"/),
    });
    expect(await readdir(directory)).toEqual(['mnist-disenn']);
  });
});

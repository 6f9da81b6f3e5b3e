import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../export/black-box/import-model.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { root } from '../serve/fixtures.ts';
import { attributionOf, serveBlackBoxes } from './black-box-server.ts';
import { mnistFolder, pythonWith } from './python.ts';

/** The examples that make classifiers in Python, imported as docs/export.md tells. */

const run = promisify(execFile);
const example = (name: string): string => join(root, 'examples/black-box', name);
const torch = await pythonWith('SENN_PYTORCH', 'onnxscript', 'torch');
const sklearn = await pythonWith('SENN_EXPLAINERS', 'skl2onnx', 'sklearn');

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-black-box-examples-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('examples/black-box', () => {
  it.skipIf(!torch.hasPackages)(
    'digits.py writes a network with an open batch, whose weights are taken in',
    async () => {
      await run(torch.python, [example('digits.py'), mnistFolder, file('digits.onnx')]);
      const options = { input: '28x28x1', mean: [0.1307], deviation: [0.3081], foreground: 'light' } as const;
      const labels = '0,1,2,3,4,5,6,7,8,9';
      const asked = { ...options, labels, version: '1', out: file('digits') };
      const { inlined } = await importModel(file('digits.onnx'), asked, openSession);
      expect(inlined).toEqual(['digits.onnx.data']);
    },
  );

  it.skipIf(!sklearn.hasPackages)('wine.py writes a forest, its rows, and one that the server explains', async () => {
    const { stdout } = await run(sklearn.python, [example('wine.py'), file('wine.onnx'), file('wine.csv')]);
    const [header = ''] = (await readFile(file('wine.csv'), 'utf8')).split('\n');
    const features = header.split(',').slice(0, 13);
    const asked = { labels: 'class_0,class_1,class_2', input: file('wine.csv'), features, version: '1' };
    await importModel(file('wine.onnx'), { ...asked, out: file('wine') }, openSession);
    const server = await serveBlackBoxes(folder, ['wine']);
    try {
      const [found] = await server.explained('wine', 'explain=kernel-shap', JSON.parse(stdout).instances);
      expect(found?.label).toBe('class_0');
      expect(attributionOf(found ?? expect.fail('no answer'), 'kernel-shap').features).toEqual(features);
    } finally {
      await server.close();
    }
  });
});

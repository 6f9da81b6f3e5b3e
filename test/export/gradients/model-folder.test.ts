import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseManifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { exportCommand } from '../../../export/command.ts';
import { readOnnx } from '../../../export/index.ts';
import { writeTritonRepository } from '../../../export/triton/repository.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { verifyModel } from '../../../serve/commands/verify/verify.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { openGraphs } from '../../../serve/models/model-folder.ts';
import { expectClose } from '../../helpers/close.ts';
import { startBackend } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';
import { createTrio, type Trio, writeRun } from '../write/run-folder.ts';

/** `gradient.onnx` of a model folder: the gradient of the logits, whatever stands between them and the input. */

let root: string;
let run: string;
let trio: Trio;
let model: string;
beforeAll(async () => {
  await startBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'senn-gradients-'));
  run = join(root, 'run');
  model = join(root, 'models', 'tiny');
  trio = createTrio();
  await writeRun(run, trio);
  await exportRun(run, model, { gradients: true });
});
afterAll(() => rm(root, { recursive: true }));

const manifestOf = async (folder: string) =>
  parseManifest(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));

/** Σ_c weights[c]·Σ_k θ[k,c]·h[k] by the networks of the run. */
function tfjsGradient(input: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const { conceptizer, parameterizer } = trio;
  return tf.grad((x) => {
    const [concepts] = conceptizer.predict(x) as [tf.Tensor];
    const logits = tf.sum(tf.mul(tf.expandDims(concepts, 2), parameterizer.predict(x) as tf.Tensor), 1);
    return tf.sum(tf.mul(logits, weights));
  })(input);
}

describe('a model folder with its gradient', () => {
  it('has the graph, its ports and its digest in the manifest', async () => {
    const { graphs } = await manifestOf(model);
    const bytes = await readFile(join(model, 'gradient.onnx'));
    expect(graphs.gradient).toEqual({
      file: 'gradient.onnx',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      inputs: ['input', 'class_weights'],
      outputs: ['gradient'],
    });
    const { inputs, outputs, metadata, name } = readOnnx(bytes);
    expect([...inputs, ...outputs].map(({ name: port, dims }) => [port, dims])).toEqual([
      ['input', ['batch', 1, 8, 8]],
      ['class_weights', ['batch', 2]],
      ['gradient', ['batch', 1, 8, 8]],
    ]);
    const layouts = { 'layout.input': 'NCHW', 'layout.gradient': 'NCHW' };
    expect(metadata).toMatchObject({ ...layouts, 'senn.graph': 'gradient', 'senn.model': 'tiny' });
    expect(name).toBe('tiny-gradient');
  });

  it('gives what TensorFlow.js has for the networks of the run, by class and by any weights', async () => {
    const manifest = await manifestOf(model);
    const sessions = await openGraphs({ path: model, manifest }, openSession, ['gradient']);
    const predictor = createPredictor(manifest, sessions);
    const data = seededValues(3, 3 * 64).map(Math.abs);
    const class_weights = { shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 0.5, -2) };
    const { gradient } = await predictor.run({ input: { shape: [3, 1, 8, 8], data }, class_weights }, ['gradient']);
    const expected = tfjsGradient(tf.tensor(data, [3, 8, 8, 1]), tf.tensor(class_weights.data, [3, 2]));
    expectClose(gradient.data, expected.dataSync() as Float32Array, { absolute: 1e-5, relative: 1e-4 });
    await predictor.close();
  });

  it('verifies; what golden.json does not know of is said', async () => {
    const { checks, unchecked } = await verifyModel(model, openSession);
    expect(checks.every(({ passed }) => passed)).toBe(true);
    expect(unchecked).toEqual(['gradient']);
  });

  it('keeps it when it is exported again, byte for byte, and can get it from its graphs alone', async () => {
    const kept = join(root, 'kept', 'tiny');
    await exportRun(model, kept);
    const without = join(root, 'without', 'tiny');
    await exportRun(run, without);
    expect(await readdir(without)).not.toContain('gradient.onnx');
    await exportRun(without, without, { gradients: true });
    const read = (folder: string) => readFile(join(folder, 'gradient.onnx'));
    expect(Buffer.compare(await read(kept), await read(model))).toBe(0);
    expect(Buffer.compare(await read(without), await read(model))).toBe(0);
    await exportRun(run, without);
    expect(await readdir(without)).not.toContain('gradient.onnx');
  });

  it('is none of the steps of Triton’s ensemble', async () => {
    const files = await writeTritonRepository(model, join(root, 'triton'));
    expect(files.some(({ file }) => file.includes('tiny-gradient'))).toBe(false);
  });
});

describe('senn export --gradients', () => {
  const printed = async (...args: string[]) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await exportCommand().exitOverride().parseAsync(args, { from: 'user' });
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    return lines.join('\n');
  };

  it('writes the graph into a model folder, or the gradient of one model in its place', async () => {
    const folder = join(root, 'told', 'tiny');
    expect(await printed(run, '--out', folder, '--gradients')).toMatch(/gradient\.onnx {2}[\d,]+ bytes/);
    const file = join(root, 'decoder-gradient.onnx');
    await printed(join(run, 'decoder', 'model.json'), '--out', file, '--gradients');
    expect(readOnnx(await readFile(file))).toMatchObject({
      inputs: [{ name: 'latent' }, { name: 'cotangent', dims: ['batch', 1, 8, 8] }],
      outputs: [{ name: 'gradient', dims: ['batch', 3] }],
    });
  });

  it('goes with no Triton repository', async () => {
    const rule = 'export: --gradients must not be given with --triton, whose graphs have fixed ones';
    await expect(printed(model, '--triton', join(root, 'none'), '--gradients')).rejects.toThrow(rule);
  });
});

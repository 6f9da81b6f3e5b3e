import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportCommand } from '../../export/command.ts';
import { readOnnx } from '../../export/index.ts';
import { decodeModel } from '../../export/onnx/schema.ts';
import { exporterVersion } from '../../export/write/version.ts';
import { chain } from './cases/case.ts';
import { startBackend } from './parity.ts';
import { saveLayersModel, writeRun } from './write/run-folder.ts';

let root: string;
let run: string;
beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-command-'));
  run = join(root, 'run');
  await writeRun(run);
});
afterAll(() => rm(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs the command and gives the lines it prints. */
async function printed(...args: string[]): Promise<string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const command = exportCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: 'user' });
  return log.mock.calls.map(([line]) => String(line));
}

const decoder = () => join(run, 'decoder', 'model.json');

describe('senn export', () => {
  it('writes a run as a model folder and lists its files', async () => {
    const out = join(root, 'models', 'tiny');
    const lines = await printed(run, '--out', out);
    expect(lines).toHaveLength((await readdir(out)).length);
    expect(lines[0]).toMatch(/models\/tiny\/model\.onnx {2}[\d,]+ bytes$/);
  });

  it('writes one model as one file, with one JSON object for machines', async () => {
    const out = join(root, 'decoder.onnx');
    const [line, ...rest] = await printed(join(run, 'decoder', 'model.json'), '--out', out, '--opset', '20', '--json');
    const bytes = await readFile(out);
    expect(rest).toEqual([]);
    expect(JSON.parse(line as string)).toEqual({ files: [{ file: out, bytes: bytes.length }] });
    expect(decodeModel(bytes).opsetImport[0]?.version).toBe(20);
  });

  it('takes images as tfjs has them when told so', async () => {
    const out = join(root, 'nhwc.onnx');
    await printed(join(run, 'decoder', 'model.json'), '--out', out, '--layout', 'NHWC');
    const [output] = decodeModel(await readFile(out)).graph.output;
    expect(output?.type.tensorType.shape.dim.slice(1)).toEqual([{ dimValue: 8 }, { dimValue: 8 }, { dimValue: 1 }]);
  });

  it('writes names, a fixed batch, metadata and folded layers as it is told', async () => {
    const out = join(root, 'told.onnx');
    const names = ['--input-names', 'z', '--output-names', 'image', '--name', 'told'];
    const entries = ['--metadata', 'a=b=c', '--metadata', 'licence=MIT'];
    await printed(decoder(), '--out', out, ...names, ...entries, '--batch', '4', '--fold-batch-normalization');
    expect(readOnnx(await readFile(out))).toMatchObject({
      name: 'told',
      inputs: [{ name: 'z', dims: [4, 3] }],
      outputs: [{ name: 'image', dims: [4, 1, 8, 8] }],
      metadata: { a: 'b=c', licence: 'MIT' },
    });
  });

  it('says where the model comes from and which version wrote it, unless told otherwise', async () => {
    const [out, model] = [join(root, 'source.onnx'), join(root, 'converted')];
    await cp(join(run, 'decoder'), model, { recursive: true });
    const path = join(model, 'model.json');
    const { modelTopology, ...json } = JSON.parse(await readFile(path, 'utf8'));
    const { class_name, config } = modelTopology;
    const converted = { keras_version: '2.15.0', backend: 'tensorflow', model_config: { class_name, config } };
    const by = { generatedBy: 'keras v2.15.0', convertedBy: 'TensorFlow.js Converter v4.22.0' };
    await writeFile(path, JSON.stringify({ ...json, ...by, modelTopology: converted }));
    await printed(path, '--out', out, '--metadata', 'source.class=mine', '--metadata', 'licence=MIT');
    const bytes = await readFile(out);
    expect(readOnnx(bytes)).toMatchObject({
      producer: `senn-onnx ${exporterVersion}`,
      metadata: {
        licence: 'MIT',
        'source.backend': 'tensorflow',
        'source.class': 'mine',
        'source.convertedBy': by.convertedBy,
        'source.generatedBy': by.generatedBy,
        'source.kerasVersion': '2.15.0',
      },
    });
    await printed(path, '--out', out, '--metadata', 'source.class=mine', '--metadata', 'licence=MIT');
    expect(Buffer.compare(await readFile(out), bytes)).toBe(0);
    await printed(decoder(), '--out', out);
    expect(readOnnx(await readFile(out)).metadata).toMatchObject({ 'source.backend': 'tensor_flow.js' });
  });

  it('gives open sizes numbers when told so, and leaves open what is told to be', async () => {
    const [out, folder] = [join(root, 'sized.onnx'), join(root, 'open')];
    const strided = tfl.layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' });
    await saveLayersModel(chain([null as never, null as never, 1], strided), folder);
    const path = join(folder, 'model.json');
    await printed(path, '--out', out, '--input-shape', '8, 8, 1');
    expect(readOnnx(await readFile(out)).inputs[0]?.dims).toEqual(['batch', 1, 8, 8]);
    await expect(printed(path, '--out', out, '--input-shape', '8,8')).rejects.toMatchObject({ code: 'invalid_config' });
  });

  it('keeps weights in a file of their own when told so', async () => {
    const out = join(root, 'apart', 'decoder.onnx');
    const [line] = await printed(decoder(), '--out', out, '--external-data', '--json');
    const { files } = JSON.parse(line as string);
    expect(files.map(({ file }: { file: string }) => file)).toEqual([out, `${out}.data`]);
    for (const { file, bytes } of files) expect((await readFile(file)).length).toBe(bytes);
  });

  it('adds a run to a Triton model repository', async () => {
    const repository = join(root, 'repository');
    const lines = await printed(run, '--triton', repository, '--max-batch', '8');
    expect((await readdir(repository)).toSorted()).toEqual(
      ['', '-aggregator', '-conceptizer', '-decoder', '-parameterizer'].map((graph) => `tiny${graph}`),
    );
    expect(lines).toContainEqual(expect.stringMatching(/repository\/tiny\/config\.pbtxt {2}[\d,]+ bytes$/));
    expect(await readFile(join(repository, 'tiny', 'config.pbtxt'), 'utf8')).toContain('max_batch_size: 8\n');
  });

  it.each([
    ['run → file', () => [run, '--out', join(root, 'x.onnx')]],
    ['model → folder', () => [join(run, 'decoder', 'model.json'), '--out', join(root, 'x')]],
    ['an opset for a model folder', () => [run, '--out', join(root, 'x'), '--opset', '20']],
    ['sizes for a model folder', () => [run, '--out', join(root, 'x'), '--input-shape', '8,8,1']],
    ['metadata for a Triton repository', () => [run, '--triton', join(root, 'x'), '--metadata', 'a=b']],
    ['a batch of Triton for a file', () => [decoder(), '--out', join(root, 'x.onnx'), '--max-batch', '8']],
    ['one model for Triton', () => [decoder(), '--triton', join(root, 'x')]],
    ['two targets', () => [run, '--out', join(root, 'x'), '--triton', join(root, 'y')]],
    ['no target', () => [run]],
  ])('refuses %s', async (_, args) => {
    await expect(printed(...args())).rejects.toMatchObject({ code: 'invalid_config' });
  });

  it.each([
    [['--out', 'x']],
    [['run', '--out', 'x', '--batch', '0']],
    [['run', '--out', 'x', '--metadata', 'a']],
    [['run', '--out', 'x', '--opset', 'new']],
    [['run', '--out', 'x', '--layout', 'HW']],
    [['run', '--out', 'x', '--input-shape', '8,x']],
    [['run', '--out', 'x', '--input-shape', '8,0']],
  ])('refuses the usage %j', async (args) => {
    await expect(printed(...args)).rejects.toMatchObject({ code: expect.stringMatching(/^commander\./) });
  });
});

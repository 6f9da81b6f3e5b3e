import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_TOLERANCE } from '../../../core/golden.ts';
import { layersModelToOnnx, readOnnx } from '../../../export/index.ts';
import { exportLayersModel, writeOnnx } from '../../../export/write/write-onnx.ts';
import { expectClose } from '../../helpers/close.ts';
import { chain, type Symbolic } from '../cases/case.ts';
import { randomizeWeights, startBackend } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';
import { saveLayersModel } from './run-folder.ts';

const { layers } = tfl;
let root: string;
beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-write-'));
});
afterAll(() => rm(root, { recursive: true }));
const fresh = (name: string) => mkdtemp(join(root, `${name}-`));

const network = () => {
  const input = tfl.input({ shape: [32], name: 'x' });
  const shared = layers.dense({ units: 32, activation: 'tanh', name: 'shared' });
  const y = shared.apply(shared.apply(input));
  const model = tfl.model({
    name: 'net',
    inputs: input,
    outputs: layers.dense({ units: 3, name: 'y' }).apply(y) as Symbolic,
  });
  randomizeWeights(model, 8);
  return model;
};

/** What ONNX Runtime makes of the file for two seeded inputs, held against tfjs. */
async function expectParityOf(file: string, model: tfl.LayersModel): Promise<void> {
  const data = seededValues(4, 64);
  const session = await ort.InferenceSession.create(file);
  const { y } = await session.run({ x: new ort.Tensor('float32', data, [2, 32]) });
  const expected = model.predict(tf.tensor(data, [2, 32])) as tf.Tensor;
  expectClose(y?.data as Float32Array, expected.dataSync() as Float32Array, GOLDEN_TOLERANCE);
  await session.release();
}

describe('one file', () => {
  it('has the bytes that layersModelToOnnx gives', async () => {
    const file = join(await fresh('one'), 'new', 'net.onnx');
    const written = await writeOnnx(network(), file);
    const bytes = layersModelToOnnx(network());
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
    expect(written).toEqual([{ file, bytes: bytes.length }]);
  });
});

describe('weights in a file of their own', () => {
  it('are read from there by ONNX Runtime, and are what tfjs has', async () => {
    const folder = await fresh('external');
    const [model, file] = [network(), join(folder, 'net.onnx')];
    const written = await writeOnnx(model, file, { externalData: true });
    expect((await readdir(folder)).toSorted()).toEqual(['net.onnx', 'net.onnx.data']);
    expect(written.map(({ file: path }) => path)).toEqual([file, `${file}.data`]);
    await expectParityOf(file, model);
  });

  it('stand there once, at offsets that can be mapped, and only where they are large', async () => {
    const file = join(await fresh('layout'), 'net.onnx');
    const model = chain(
      [32],
      layers.dense({ units: 32, name: 'a' }),
      layers.dense({ units: 32, name: 'b' }),
      layers.dense({ units: 16, name: 'c' }),
    );
    randomizeWeights(model, 9);
    model.getLayer('b').setWeights(model.getLayer('a').getWeights());
    await writeOnnx(model, file, { externalData: true });
    const places = readOnnx(await readFile(file)).initializers.map(({ name, data }) => [
      name,
      data.kind === 'external' ? data : data.kind,
    ]);
    const location = 'net.onnx.data';
    expect(Object.fromEntries(places)).toEqual({
      'a/kernel': { kind: 'external', location, offset: 0, length: 4096 },
      'a/bias': 'inline',
      'c/kernel': { kind: 'external', location, offset: 4096, length: 2048 },
      'c/bias': 'inline',
    });
    expect(await readFile(`${file}.data`)).toHaveLength(4096 + 2048);
  });

  it('are the same bytes twice, in one model that is as readable as the other', async () => {
    const [a, b] = [join(await fresh('a'), 'net.onnx'), join(await fresh('b'), 'net.onnx')];
    for (const file of [a, b]) await writeOnnx(network(), file, { externalData: true });
    for (const suffix of ['', '.data']) {
      expect(Buffer.compare(await readFile(`${a}${suffix}`), await readFile(`${b}${suffix}`))).toBe(0);
    }
    const plain = readOnnx(layersModelToOnnx(network()));
    const { nodes, initializers } = readOnnx(await readFile(a));
    expect(nodes).toEqual(plain.nodes);
    expect(initializers.map(({ name, dims }) => [name, dims])).toEqual(
      plain.initializers.map(({ name, dims }) => [name, dims]),
    );
  });

  it('go there by themselves where one file would not hold them', async () => {
    const folder = await fresh('auto');
    const model = network();
    // A model that says it is this large is not made of so many weights here.
    Object.defineProperty(model, 'countParams', { value: () => 2 ** 29 });
    await writeOnnx(model, join(folder, 'net.onnx'));
    expect((await readdir(folder)).toSorted()).toEqual(['net.onnx', 'net.onnx.data']);
    await writeOnnx(model, join(folder, 'whole.onnx'), { externalData: false });
    expect(await readdir(folder)).toHaveLength(3);
  });
});

describe('what cannot be exported leaves nothing behind', () => {
  const broken = () => {
    const model = network();
    const kernel = model.getLayer('y').weights[0];
    kernel?.write(tf.fill(kernel.shape as number[], Number.NaN));
    return model;
  };

  it.each([false, true])('weights that are not numbers, weights apart: %s', async (externalData) => {
    const folder = await fresh('nan');
    await expect(writeOnnx(broken(), join(folder, 'net.onnx'), { externalData })).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('layer "y" (Dense): weight "kernel" must be finite, but element 0'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['weights that are not numbers', broken, 'invalid_model', 'weight "kernel" must be finite'],
    ['a name too long for a file', network, 'invalid_config', 'ENAMETOOLONG'],
  ])('in folders that were made for it: %s', async (_, model, code, message) => {
    const folder = await fresh('made');
    const name = code === 'invalid_config' ? `${'n'.repeat(300)}.onnx` : 'net.onnx';
    await expect(writeOnnx(model(), join(folder, 'a', 'b', name))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([false, true])('a place where no file can be, weights apart: %s', async (externalData) => {
    const folder = await fresh('taken');
    await mkdir(join(folder, 'net.onnx'));
    await expect(writeOnnx(network(), join(folder, 'net.onnx'), { externalData })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(/net\.onnx: is a folder, not a file/),
    });
    await writeFile(join(folder, 'file'), '');
    await expect(writeOnnx(network(), join(folder, 'file', 'net.onnx'), { externalData })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(/file\/net\.onnx: cannot be written \(ENOTDIR/),
    });
    expect((await readdir(folder)).toSorted()).toEqual(['file', 'net.onnx']);
  });

  it('a weight file that is missing or cut off, and the model of before stays', async () => {
    const [source, folder] = [await fresh('source'), await fresh('kept')];
    const file = join(folder, 'net.onnx');
    await writeOnnx(network(), file);
    const before = await readFile(file);
    await saveLayersModel(network(), source, 3);
    await rm(join(source, 'group1-shard3of3.bin'));
    await expect(exportLayersModel(join(source, 'model.json'), file, {})).rejects.toMatchObject({
      code: 'missing_data',
    });
    expect(await readdir(folder)).toEqual(['net.onnx']);
    expect(Buffer.compare(await readFile(file), before)).toBe(0);
  });
});

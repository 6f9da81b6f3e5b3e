import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_TOLERANCE, type Golden } from '../../../core/golden.ts';
import { readOnnx } from '../../../export/index.ts';
import { configText } from '../../../export/triton/config.ts';
import { writeTritonRepository } from '../../../export/triton/repository.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { expectClose } from '../../helpers/close.ts';
import { startBackend } from '../parity.ts';
import { runRecord, writeRun } from '../write/run-folder.ts';
import { parseConfig } from './triton-config.ts';

let root: string;
let run: string;
let model: string;
let repository: string;
beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-triton-'));
  [run, model, repository] = [join(root, 'run'), join(root, 'models', 'tiny'), join(root, 'repository')];
  await writeRun(run);
  await exportRun(run, model);
  await writeTritonRepository(model, repository, 16);
});
afterAll(() => rm(root, { recursive: true }));

const graphs = ['tiny-conceptizer', 'tiny-parameterizer', 'tiny-decoder', 'tiny-aggregator'];
const read = async (...path: string[]) => readFile(join(repository, ...path), 'utf8');
const config = async (name: string) => parseConfig(await read(name, 'config.pbtxt'));

interface Step {
  readonly model_name: string;
  readonly input_map: readonly { readonly key: string; readonly value: string }[];
  readonly output_map: readonly { readonly key: string; readonly value: string }[];
}
const stepsOf = (ensemble: Record<string, unknown>) => (ensemble['ensemble_scheduling'] as { step: Step[] }).step;

describe('a Triton model repository', () => {
  it('has a folder for each model, which has its name, a configuration and a numbered version', async () => {
    expect((await readdir(repository)).toSorted()).toEqual(['tiny', ...graphs].toSorted());
    for (const name of graphs) {
      expect(await readdir(join(repository, name, '1'))).toEqual(['model.onnx']);
      expect(await config(name)).toMatchObject({
        name,
        backend: 'onnxruntime',
        max_batch_size: 16,
        dynamic_batching: {},
      });
    }
    expect(await readdir(join(repository, 'tiny', '1'))).toEqual(['manifest.json']);
  });

  it('tells of every graph what the graph says itself: names, types, sizes without the batch', async () => {
    for (const name of graphs) {
      const { inputs, outputs } = readOnnx(await readFile(join(repository, name, '1', 'model.onnx')));
      const expected = (values: typeof inputs) =>
        values.map(({ name: port, dims = [] }) => ({ name: port, data_type: 'TYPE_FP32', dims: dims.slice(1) }));
      expect(await config(name)).toMatchObject({ input: expected(inputs), output: expected(outputs) });
      expect(inputs.every(({ dims }) => dims?.[0] === 'batch')).toBe(true);
    }
  });

  it('joins them to an ensemble that connects every input, once, and gives every output', async () => {
    const ensemble = await config('tiny');
    const steps = stepsOf(ensemble);
    expect(ensemble).toMatchObject({ platform: 'ensemble', max_batch_size: 16 });
    expect(steps.map(({ model_name }) => model_name)).toEqual(graphs);
    const shapes = new Map(
      [...(ensemble['input'] as Tensor[]), ...(ensemble['output'] as Tensor[])].map((t) => [t.name, t]),
    );
    const made = steps.flatMap(({ output_map }) => output_map.map(({ value }) => value));
    expect(new Set(made).size).toBe(made.length);
    expect((ensemble['output'] as Tensor[]).map(({ name }) => name).toSorted()).toEqual(made.toSorted());
    for (const { model_name, input_map, output_map } of steps) {
      const { input, output } = (await config(model_name)) as { input: Tensor[]; output: Tensor[] };
      expect(input_map.map(({ key }) => key)).toEqual(input.map(({ name }) => name));
      expect(output_map.map(({ key }) => key)).toEqual(output.map(({ name }) => name));
      for (const { key, value } of [...input_map, ...output_map]) {
        expect(['input', ...made]).toContain(value);
        const port = [...input, ...output].find(({ name }) => name === key);
        expect(shapes.get(value)).toMatchObject({ data_type: port?.data_type, dims: port?.dims });
      }
    }
  });

  it('names the classes', async () => {
    const ensemble = await config('tiny');
    expect((ensemble['output'] as Tensor[]).find(({ name }) => name === 'probabilities')?.label_filename).toBe(
      'labels.txt',
    );
    expect(await read('tiny', 'labels.txt')).toBe('no\nyes\n');
  });

  it('gives the golden logits, step by step, and contributions that sum to them', async () => {
    const { tensors } = JSON.parse(await readFile(join(model, 'golden.json'), 'utf8')) as Golden;
    const golden = (name: string) => tensors[name] as Golden['tensors'][string];
    const values = new Map<string, ort.Tensor>([
      ['input', new ort.Tensor('float32', Float32Array.from(golden('input').data), golden('input').shape)],
    ]);
    for (const { model_name, input_map, output_map } of stepsOf(await config('tiny'))) {
      const session = await ort.InferenceSession.create(join(repository, model_name, '1', 'model.onnx'));
      const feeds = input_map.map(({ key, value }) => [key, values.get(value) as ort.Tensor]);
      const results = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
      for (const { key, value } of output_map) values.set(value, results[key] as ort.Tensor);
      await session.release();
    }
    const data = (name: string) => values.get(name)?.data as Float32Array;
    for (const name of ['logits', 'relevances', 'reconstruction']) {
      expectClose(data(name), Float32Array.from(golden(name).data), GOLDEN_TOLERANCE);
    }
    const [K, C] = [runRecord.concepts.length, runRecord.classes.length];
    const sums = data('logits').map((_, i) => {
      const at = (k: number) => data('contributions')[(Math.floor(i / C) * K + k) * C + (i % C)] as number;
      return Array.from({ length: K }, (_unused, k) => at(k)).reduce((sum, part) => sum + part, 0);
    });
    expectClose(sums, data('logits'), GOLDEN_TOLERANCE);
    const [no, yes] = data('probabilities') as unknown as [number, number];
    expect(no + yes).toBeCloseTo(1, 6);
  });

  it('is the same from a run, byte by byte, and leaves other models and versions alone', async () => {
    const again = join(root, 'again');
    await writeTritonRepository(run, again, 16);
    await writeFile(join(again, 'tiny', 'notes.txt'), 'mine');
    await writeTritonRepository(run, again, 16);
    for (const name of ['tiny', ...graphs]) {
      for (const file of (await readdir(join(repository, name), { recursive: true })).filter((path) =>
        path.includes('.'),
      )) {
        const [a, b] = [await readFile(join(repository, name, file)), await readFile(join(again, name, file))];
        expect(Buffer.compare(a, b), `${name}/${file}`).toBe(0);
      }
    }
    expect(await readFile(join(again, 'tiny', 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('refuses a model folder whose graph is not the one of its manifest, and writes nothing', async () => {
    const changed = join(root, 'changed', 'tiny');
    await exportRun(run, changed);
    await appendFile(join(changed, 'decoder.onnx'), 'x');
    const never = join(root, 'never');
    await expect(writeTritonRepository(changed, never)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(/decoder\.onnx: sha256 .* as manifest\.json says/),
    });
    expect(await readdir(root)).not.toContain('never');
  });

  it('refuses a folder that is neither', async () => {
    await expect(writeTritonRepository(root, join(root, 'never'))).rejects.toMatchObject({ code: 'missing_data' });
  });
});

describe('the text of a configuration', () => {
  it('quotes what names may hold', () => {
    const text = configText({
      name: 'a "b"\\',
      platform: 'ensemble',
      max_batch_size: 0,
      input: [],
      output: [],
      ensemble_scheduling: { step: [] },
    });
    expect(parseConfig(text)).toEqual({
      name: 'a "b"\\',
      platform: 'ensemble',
      max_batch_size: 0,
      ensemble_scheduling: {},
    });
  });
});

interface Tensor {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
  readonly label_filename?: string;
}

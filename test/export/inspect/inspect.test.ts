import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { layersModelToOnnx, type OnnxInitializer, readOnnx } from '../../../export/index.ts';
import { inspectCommand } from '../../../export/inspect/command.ts';
import { summarize } from '../../../export/inspect/summary.ts';
import { chain } from '../cases/case.ts';
import { encodeForeign } from '../onnx/foreign.ts';
import { randomizeWeights, startBackend } from '../parity.ts';

const { layers } = tfl;

beforeAll(() => startBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

const network = () => {
  const model = chain(
    [6, 6, 2],
    layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, activation: 'relu' }),
    layers.flatten({ name: 'flatten' }),
    layers.dense({ name: 'dense', units: 5 }),
  );
  randomizeWeights(model, 3);
  return model;
};
const metadata = { author: 'somebody' };

describe('readOnnx', () => {
  it('gives back what was written: nodes, constants bit by bit, shapes, metadata', () => {
    const model = network();
    const read = readOnnx(layersModelToOnnx(model, { name: 'net', inputNames: ['x'], outputNames: ['y'], metadata }));
    expect(read).toMatchObject({ name: 'net', producer: 'senn-onnx', irVersion: 8, opsets: { '': 18 }, metadata });
    expect(read.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 2, 6, 6] }]);
    expect(read.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['batch', 5] }]);
    expect(read.values).toContainEqual({ name: 'conv/Relu', type: 'float32', dims: ['batch', 4, 4, 4] });
    expect(read.nodes[0]).toMatchObject({
      opType: 'Conv',
      inputs: ['x', 'conv/kernel', 'conv/bias'],
      attributes: { kernel_shape: [3, 3], pads: [0, 0, 0, 0] },
    });
    const kernel = read.initializers.find(({ name }) => name === 'dense/kernel');
    expect(kernel).toMatchObject({ type: 'float32', dims: [64, 5] });
    const stored = (kernel as OnnxInitializer & { data: { bytes: Uint8Array } }).data.bytes;
    const expected = model.getLayer('dense').weights[0]?.read().dataSync() as Float32Array;
    expect(Buffer.compare(stored, new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength))).toBe(0);
  });

  it('reads what others write: constants in typed fields or outside, subgraphs, sizes without a name', () => {
    const read = readOnnx(encodeForeign());
    expect(read.opsets).toEqual({ '': 21, 'com.example': 1 });
    expect(read.inputs).toEqual([{ name: 'x', type: 'float16', dims: ['?', 3] }]);
    expect(read.initializers.map(({ name, type, data }) => [name, type, data])).toEqual([
      ['halves', 'float16', { kind: 'inline', bytes: Uint8Array.of(0, 60, 0, 64) }],
      ['longs', 'int64', { kind: 'inline', bytes: new Uint8Array(BigInt64Array.of(-1n, 2n).buffer) }],
      ['words', 'string', { kind: 'strings', strings: ['a', 'é'] }],
      ['far', 'float32', { kind: 'external', location: 'w.bin', offset: 4096, length: 8 }],
    ]);
    const [branch] = read.nodes;
    expect(branch).toMatchObject({ opType: 'If', attributes: { then_branch: { nodes: [{ opType: 'Identity' }] } } });
    expect(summarize(read)).toMatchObject({ uncounted: ['If'], externalFiles: ['w.bin'] });
  });

  it.each([
    ['text', () => Buffer.from('no protobuf at all')],
    ['nothing', () => new Uint8Array()],
    ['a model that is cut off', () => layersModelToOnnx(network()).subarray(0, 900)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readOnnx(bytes(), 'f.onnx')).toThrow(
      expect.objectContaining({ code: 'invalid_model', message: expect.stringMatching(/^f\.onnx: \d+ bytes/) }),
    );
  });
});

describe('the summary', () => {
  it('counts parameters as tfjs does, also of a layer that is shared', () => {
    const input = tfl.input({ shape: [4] });
    const shared = layers.dense({ units: 4 });
    const model = tfl.model({ inputs: input, outputs: shared.apply(shared.apply(input)) as tfl.SymbolicTensor });
    for (const one of [network(), model]) {
      randomizeWeights(one, 5);
      expect(summarize(readOnnx(layersModelToOnnx(one))).parameters).toBe(one.countParams());
    }
  });

  it('counts operations of one sample', () => {
    const { nodes, flops, uncounted } = summarize(readOnnx(layersModelToOnnx(network())));
    const counted = Object.fromEntries(nodes.map((node) => [node.opType, node.flops]));
    // 4×4×4 outputs, each of 3×3×2 products and a bias; 5 outputs, each of 64 products and a bias.
    expect(counted).toEqual({ Conv: 64 * (2 * 18 + 1), Relu: 64, Transpose: 0, Reshape: 0, Gemm: 5 * (2 * 64 + 1) });
    expect(flops).toBe(64 * 37 + 64 + 5 * 129);
    expect(uncounted).toEqual([]);
  });

  it('counts what is folded into the batch: one step costs what the layer costs, so many times', () => {
    const flops = (model: tfl.LayersModel) => summarize(readOnnx(layersModelToOnnx(model))).flops;
    const inner = () => layers.dense({ units: 3 });
    const one = flops(chain([4], inner()));
    expect(flops(chain([7, 4], layers.timeDistributed({ layer: inner() })))).toBe(7 * one);
  });

  it('counts one sample of a fixed batch, and says how many a run takes', () => {
    const { samples, flops, nodes } = summarize(readOnnx(layersModelToOnnx(network(), { batch: 8 })));
    const one = summarize(readOnnx(layersModelToOnnx(network())));
    expect([samples, flops]).toEqual([8, one.flops]);
    expect(nodes.map((node) => node.flops)).toEqual(one.nodes.map((node) => node.flops));
    expect(one.samples).toBe(1);
  });

  it('does not guess what depends on an open size', () => {
    const open = null as never;
    const model = chain([open, open, 3], layers.conv2d({ filters: 2, kernelSize: 3 }));
    expect(summarize(readOnnx(layersModelToOnnx(model)))).toMatchObject({ flops: 0, uncounted: ['Conv'] });
  });

  it('knows every operator that the exporter writes', async () => {
    const { layerRows } = await import('../../../export/emitters/index.ts');
    const { layoutOperators } = await import('../../../export/emitters/layers-table.ts');
    const { flopsOf } = await import('../../../export/inspect/flops.ts');
    const operators = new Set([...layoutOperators, ...Object.values(layerRows).flatMap((row) => row.operators)]);
    for (const opType of operators) {
      const node = {
        name: '',
        opType,
        domain: '',
        inputs: ['x', 'x', 'x'],
        outputs: ['x'],
        attributes: { kernel_shape: [1] },
      };
      expect([opType, flopsOf(node, () => [1, 1, 1])]).toEqual([opType, expect.any(Number)]);
    }
  });
});

describe('senn inspect', () => {
  let root: string;
  let file: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'senn-inspect-'));
    file = join(root, 'net.onnx');
    await writeFile(file, layersModelToOnnx(network(), { name: 'net', inputNames: ['x'], outputNames: ['y'] }));
  });
  afterAll(() => rm(root, { recursive: true }));

  async function printed(...args: string[]): Promise<string> {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await inspectCommand().exitOverride().parseAsync(args, { from: 'user' });
    return log.mock.calls.map(([line]) => String(line)).join('\n');
  }

  it('prints tables', async () => {
    expect(await printed(file)).toBe(
      `
net, senn-onnx, IR 8, opset 18

port     name   type      shape
input    x      float32   [batch, 2, 6, 6]
output   y      float32   [batch, 5]

node                operator    output             parameters   FLOPs
conv/Conv           Conv        [batch, 4, 4, 4]           76   2,368
conv/Relu           Relu        [batch, 4, 4, 4]            0      64
flatten/Transpose   Transpose   [batch, 4, 4, 4]            0       0
flatten/Reshape     Reshape     [batch, 64]                 0       0
dense/Gemm          Gemm        [batch, 5]                325     645

operator    count   parameters   FLOPs
Conv            1           76   2,368
Gemm            1          325     645
Relu            1            0      64
Reshape         1            0       0
Transpose       1            0       0
total           5          401   3,077`.slice(1),
    );
  });

  it('prints one JSON object for machines', async () => {
    expect(JSON.parse(await printed(file, '--json'))).toMatchObject({ file, parameters: 401, flops: 3077 });
  });

  it('refuses a file that is not there', async () => {
    await expect(printed(join(root, 'none.onnx'))).rejects.toMatchObject({ code: 'missing_data' });
  });
});

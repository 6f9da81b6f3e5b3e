import * as tf from '@tensorflow/tfjs';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { GOLDEN_TOLERANCE } from '../../core/golden.ts';
import { type ExportOptions, layersModelToOnnx, readOnnx } from '../../export/index.ts';
import { layersOf } from '../../export/layers-model/layer.ts';
import { elementTypes } from '../../export/onnx/elements.ts';
import type { ModelProto } from '../../export/onnx/proto.ts';
import { decodeModel, encodeModel } from '../../export/onnx/schema.ts';
import { startBackend as startTrainingBackend } from '../../training/backends/index.ts';
import { expectClose } from '../helpers/close.ts';
import type { Case } from './cases/case.ts';
import { bindings, sizeOf } from './open-sizes.ts';
import { seededValues } from './seeded-values.ts';

/**
 * `wasm` is what models are trained and checked with, with the kernels that training adds to it. `cpu` is the plain-JS reference, for what WASM gets wrong:
 * tfjs 4.22 answers zeros to a convolution with `same` padding whose kernel is smaller than its stride.
 */
export async function startBackend(name: 'cpu' | 'wasm'): Promise<void> {
  if (name === 'wasm') await startTrainingBackend(name);
  else await tf.setBackend(name);
  await tf.ready();
}

/** Sets every weight, biases too, to seeded values; variances are positive. */
export function randomizeWeights(model: tfl.LayersModel, seed: number): void {
  for (const [i, weight] of model.weights.entries()) {
    const size = weight.shape.reduce<number>((product, length) => product * (length as number), 1);
    const values = seededValues(seed + i, size);
    const positive = weight.originalName.endsWith('variance');
    weight.write(tf.tensor(positive ? values.map((value) => 1.5 + value) : values, weight.shape as number[]));
  }
}

const doubled: NonNullable<Case['draw']> = (seed, length) => seededValues(seed, length).map((value) => 2 * value);

/** Seeded inputs of a model, as tfjs takes them: whole numbers from −5 to 4, and booleans of either kind. */
function drawInputs(model: tfl.LayersModel, batch: number, open: readonly number[], draw = doubled): tf.Tensor[] {
  return model.inputs.map(({ shape, dtype }, i) => {
    let next = 0;
    const full = [batch, ...shape.slice(1).map((size) => size ?? (open[next++] as number))];
    const size = full.reduce((a, b) => a * b);
    const values = draw(99 + i, size);
    if (dtype === 'float32') return tf.tensor(values, full);
    const whole = draw === doubled ? values.map((value) => Math.floor(2.5 * value)) : values;
    return tf.tensor(dtype === 'bool' ? whole.map((value) => value & 1) : whole, full, dtype);
  });
}

/** A tensor of tfjs as ONNX Runtime takes it. */
function fed(t: tf.Tensor): ort.Tensor {
  if (t.dtype === 'bool') return new ort.Tensor('bool', t.dataSync() as Uint8Array, t.shape);
  return t.dtype === 'int32'
    ? new ort.Tensor('int32', t.dataSync() as Int32Array, t.shape)
    : new ort.Tensor('float32', t.dataSync() as Float32Array, t.shape);
}

type Border = (t: tf.Tensor, i: number) => tf.Tensor;

/** How tensors of tfjs pass the border of a graph: images that its metadata say to be NCHW are moved. */
export function bordersOf(
  bytes: Uint8Array,
  model: tfl.LayersModel,
  { imageLayout = 'NCHW' }: ExportOptions = {},
): Readonly<Record<'inputs' | 'outputs', Border>> {
  const { inputs, outputs, metadata } = readOnnx(bytes);
  const asTheyAre = layersOf(model).some((layer) => layer.getConfig()['dataFormat'] === 'channelsFirst');
  const border =
    (ports: readonly { readonly name: string }[]): Border =>
    (t, i) => {
      const told = metadata[`layout.${ports[i]?.name}`];
      if (told === undefined) return t;
      expect([told, t.rank]).toEqual([asTheyAre ? 'NCHW' : imageLayout, 4]);
      return told === 'NCHW' && !asTheyAre ? tf.transpose(t, [0, 3, 1, 2]) : t;
    };
  return { inputs: border(inputs), outputs: border(outputs) };
}
/** Graphs this small only wait for more. */
const oneThread = { intraOpNumThreads: 1, interOpNumThreads: 1 };

type Feeds = Record<string, ort.Tensor>;

/** The same model, with every value of the graph among its outputs. */
function withInnerValues(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const { output, valueInfo } = model.graph;
  return encodeModel({ ...model, graph: { ...model.graph, output: [...output, ...valueInfo], valueInfo: [] } });
}

/** Every value of the graph has the sizes that the graph declares for it. */
async function expectDeclaredShapes(bytes: Uint8Array, feeds: Feeds): Promise<void> {
  const whole = withInnerValues(bytes);
  const session = await ort.InferenceSession.create(whole, { graphOptimizationLevel: 'disabled', ...oneThread });
  const results = await session.run(feeds);
  const { input, output } = decodeModel(whole).graph;
  const bound = input.map(({ name, type }) => bindings(type.tensorType.shape.dim, feeds[name]?.dims ?? []));
  const names = Object.assign({}, ...bound);
  for (const { name, type } of output) {
    const { shape, elemType } = type.tensorType;
    expect([name, results[name]?.dims]).toEqual([name, shape.dim.map((size) => sizeOf(size, names))]);
    expect([name, results[name]?.type]).toEqual([name, elementTypes[elemType]?.name]);
  }
  await session.release();
}

/**
 * What tfjs and ONNX Runtime make of the same seeded inputs is the same: for batches of one and of three, with the
 * graph as it is and as the runtime optimises it.
 * @returns the exported model
 */
export async function expectParity(
  model: tfl.LayersModel,
  options: ExportOptions = {},
  { draw, open = [[]], reference = (inputs) => [model.predict([...inputs])].flat() }: Omit<Case, 'name' | 'model'> = {},
): Promise<ModelProto> {
  randomizeWeights(model, 1);
  const bytes = layersModelToOnnx(model, options);
  const borders = bordersOf(bytes, model, options);
  const sessions = await Promise.all(
    (['disabled', 'all'] as const).map((graphOptimizationLevel) =>
      ort.InferenceSession.create(bytes, { graphOptimizationLevel, ...oneThread }),
    ),
  );
  for (const [batch, sizes] of [1, 3].flatMap((count) => open.map((own) => [count, own] as const))) {
    const inputs = drawInputs(model, batch, sizes, draw);
    const expected = reference(inputs, model).map(borders.outputs);
    for (const session of sessions) {
      const feeds: Feeds = Object.fromEntries(
        inputs.map(borders.inputs).map((t, i) => {
          return [session.inputNames[i] as string, fed(t)];
        }),
      );
      const results = await session.run(feeds);
      expect(session.outputNames).toHaveLength(expected.length);
      expected.forEach((t, i) => {
        const actual = results[session.outputNames[i] as string] as ort.Tensor;
        expect(actual.dims).toEqual(t.shape);
        expect(actual.type).toBe(t.dtype);
        expectClose(Float32Array.from(actual.data as Float32Array), Float32Array.from(t.dataSync()), GOLDEN_TOLERANCE);
      });
      if (batch === 3 && session === sessions[0]) await expectDeclaredShapes(bytes, feeds);
    }
    tf.dispose([inputs, expected]);
  }
  await Promise.all(sessions.map((session) => session.release()));
  return decodeModel(bytes);
}

/** Operators of the graph, in order. */
export function operators({ graph }: ModelProto): string[] {
  return graph.node.map(({ opType }) => opType);
}

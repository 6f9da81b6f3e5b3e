import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';
import { type MergeOptions, type MergePart, mergeModels } from '../../../export/onnx/merge.ts';
import { readOnnx } from '../../../export/onnx/read-onnx.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { testModels } from '../../helpers/models.ts';
import { seededValues } from '../seeded-values.ts';
import { encodeForeign } from './foreign.ts';
import { part } from './parts.ts';

/** The merged graph is the parts, run one after the other: the laws of `mergeModels`, on models that are shipped. */

type Tensors = Readonly<Record<string, Tensor>>;

const shipped = ['compas-senn', 'mnist-disenn', 'mnist-senn'];
const options: MergeOptions = { name: 'merged', metadata: { b: '2', a: '1' } };

const partsOf = (model: string, names: readonly string[]): Promise<MergePart[]> =>
  Promise.all(names.map(async (name) => ({ name, graph: await readFile(join(testModels, model, `${name}.onnx`)) })));

async function runOnce(graph: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await openSession(graph);
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Seeded values for the inputs of a graph, `batch` of them. */
function drawn(graph: Uint8Array, batch: number): Tensors {
  return Object.fromEntries(
    readOnnx(graph).inputs.map(({ name, dims }) => {
      const shape = (dims as (number | string)[]).map((size) => (typeof size === 'number' ? size : batch));
      return [name, { shape, data: seededValues(3, sizeOf(shape)).map(Math.abs) }];
    }),
  );
}

/** What the parts give one after the other, each fed from the inputs and from the parts before it. */
async function runInTurn(parts: readonly MergePart[], feeds: Tensors): Promise<Tensors> {
  let known = feeds;
  for (const { graph } of parts) {
    const wanted = readOnnx(graph).inputs.map(({ name }) => [name, known[name] as Tensor] as const);
    known = { ...known, ...(await runOnce(graph, Object.fromEntries(wanted))) };
  }
  return Object.fromEntries(Object.entries(known).filter(([name]) => !(name in feeds)));
}

/** The merged graph gives what the parts give, bit for bit, for a batch of one and of three. */
async function expectSame(parts: readonly MergePart[], merged: Uint8Array): Promise<void> {
  for (const batch of [1, 3]) {
    const feeds = drawn(merged, batch);
    expect(await runOnce(merged, feeds)).toEqual(await runInTurn(parts, feeds));
  }
}

describe.each(shipped)('%s', (model) => {
  it('in one run gives what its forward pass gives in two, bit for bit', async () => {
    const parts = await partsOf(model, ['conceptizer', 'parameterizer']);
    const merged = mergeModels(parts, options);
    const { inputs, outputs } = readOnnx(merged);
    expect(inputs.map(({ name, dims }) => [name, dims?.[0]])).toEqual([['input', 'batch']]);
    const own = parts.flatMap(({ graph }) => readOnnx(graph).outputs.map(({ name }) => name));
    expect(outputs.map(({ name }) => name)).toEqual(own);
    await expectSame(parts, merged);
  });

  it('is wired to its decoder, which reads the concepts, and shows both', async () => {
    const parts = await partsOf(model, ['conceptizer', 'parameterizer', 'decoder']);
    const merged = mergeModels(parts, options);
    const { inputs, outputs } = readOnnx(merged);
    expect(inputs.map(({ name }) => name)).toEqual(['input']);
    expect(outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(['concepts', 'reconstruction']));
    await expectSame(parts, merged);
  });
});

describe('mergeModels', () => {
  const h = part('h', { input: [4] }, { concepts: [3] });
  const theta = part('theta', { concepts: [3] }, { relevances: [2] });

  it('wires a parameterizer that reads concepts, which stay an output', async () => {
    const merged = mergeModels([h, theta], options);
    expect(readOnnx(merged).inputs.map(({ name }) => name)).toEqual(['input']);
    await expectSame([h, theta], merged);
  });

  it('wires a part to one two before it, and shares an input with the first', async () => {
    const both = part('both', { input: [4], concepts: [3], relevances: [2] }, { sum: [5] });
    const merged = mergeModels([h, theta, both], options);
    expect(readOnnx(merged).inputs.map(({ name }) => name)).toEqual(['input']);
    await expectSame([h, theta, both], merged);
  });

  it('keeps the outputs that are asked for, in that order; others become inner values or go with their nodes', async () => {
    const side = part('side', { input: [4] }, { unread: [7] });
    const merged = mergeModels([h, side, theta], { ...options, outputs: ['relevances'] });
    const { outputs, values, nodes, initializers } = readOnnx(merged);
    expect(outputs.map(({ name }) => name)).toEqual(['relevances']);
    expect(values.map(({ name }) => name)).toContain('concepts');
    const named = [...nodes, ...initializers].map(({ name }) => name);
    expect(named.filter((name) => name.startsWith('side/'))).toEqual([]);
    const feeds = drawn(merged, 3);
    const { relevances } = await runInTurn([h, theta], feeds);
    expect(await runOnce(merged, feeds)).toEqual({ relevances });
    const turned = mergeModels([h, theta], { ...options, outputs: ['relevances', 'concepts'] });
    expect(readOnnx(turned).outputs.map(({ name }) => name)).toEqual(['relevances', 'concepts']);
  });

  it('gives every inner name the name of its part, and no name twice', () => {
    const odd = part('odd', { input: [4] }, { 'h/w/kernel': [3], 'h/Gemm': [3] });
    const { nodes, initializers, inputs } = readOnnx(mergeModels([h, odd, theta], options));
    expect(nodes.map(({ name }) => name.split('/')[0])).toEqual(['h', 'odd', 'odd', 'theta']);
    const values = [...nodes.flatMap(({ outputs }) => outputs), ...initializers, ...inputs];
    const names = values.map((value) => (typeof value === 'string' ? value : value.name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('is one model with its metadata and its ports’ layouts sorted, the same bytes each time', async () => {
    const parts = await partsOf('mnist-disenn', ['conceptizer', 'parameterizer']);
    const bytes = mergeModels(parts, options);
    expect(Buffer.compare(bytes, mergeModels(parts, { ...options, metadata: { a: '1', b: '2' } }))).toBe(0);
    const { name, metadata, opsets, irVersion, producer } = readOnnx(bytes);
    expect({ name, opsets, irVersion, producer }).toEqual({
      name: 'merged',
      opsets: { '': 18 },
      irVersion: 8,
      producer: 'senn-onnx',
    });
    expect(Object.entries(metadata)).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['layout.input', 'NCHW'], // the parts', of a port that is kept
    ]);
    expect(readOnnx(mergeModels(parts, { ...options, producerVersion: '1.2.3' })).producer).toBe('senn-onnx 1.2.3');
  });

  it('a model alone is itself under other names', async () => {
    await expectSame([h], mergeModels([h], options));
  });
});

describe('mergeModels refuses', () => {
  const h = part('h', { input: [4] }, { concepts: [3] });
  const bytes = new Uint8Array([255, 255, 255]);
  const cases: readonly (readonly [what: string, parts: readonly MergePart[], code: string, message: string])[] = [
    [
      'inputs of one name and two shapes',
      [h, part('t', { input: [5] }, { relevances: [2] })],
      'shape_mismatch',
      'mergeModels: input float32 [batch, 5] of "t" must be input float32 [batch, 4], as in "h"',
    ],
    [
      'a wire between two shapes',
      [h, part('t', { concepts: [2] }, { relevances: [2] })],
      'shape_mismatch',
      'mergeModels: concepts float32 [batch, 2] of "t" must be concepts float32 [batch, 3], as in "h"',
    ],
    [
      'a batch that is fixed in one part',
      [h, part('t', { input: [4] }, { relevances: [2] }, { batch: 8 })],
      'shape_mismatch',
      'mergeModels: input float32 [8, 4] of "t" must be input float32 [batch, 4], as in "h"',
    ],
    [
      'an output that two parts make',
      [h, part('t', { input: [4] }, { concepts: [3] })],
      'invalid_config',
      'mergeModels: "concepts" must be made by one part, but is an output of "h" and "t"',
    ],
    [
      'a part before the one that it reads',
      [part('t', { concepts: [3] }, { relevances: [2] }), h],
      'invalid_config',
      'mergeModels: "concepts", an output of "h", is read by "t"; a part must stand behind what it reads',
    ],
    [
      'operator sets that differ',
      [h, part('t', { input: [4] }, { relevances: [2] }, { opset: 21 })],
      'invalid_config',
      'mergeModels: operator sets must agree: "h" has ai.onnx 18, "t" has ai.onnx 21',
    ],
    ['no parts', [], 'invalid_config', 'mergeModels: there must be at least one part'],
    [
      'two parts of one name',
      [h, h],
      'invalid_config',
      'mergeModels: each part must have a name of its own, got "h", "h"',
    ],
    [
      'what is no model',
      [{ name: 'h', graph: bytes }],
      'invalid_model',
      expect.stringMatching(/^mergeModels: part "h": 3 bytes are no ONNX model/),
    ],
    [
      'an empty file',
      [{ name: 'h', graph: new Uint8Array() }],
      'invalid_model',
      'mergeModels: part "h": no graph; must be a graph of IR version 4 or later',
    ],
    [
      'a graph within a node',
      [{ name: 'f', graph: encodeForeign() }],
      'invalid_model',
      'mergeModels: part "f": node "" (If) holds a graph of its own, whose values cannot be renamed',
    ],
  ];

  it.each(cases)('%s', (_, parts, code, message) => {
    expect(() => mergeModels(parts, options)).toThrow(expect.objectContaining({ code, message }));
  });

  it('outputs that no part makes, or one twice', () => {
    const choose = (outputs: string[]) => () => mergeModels([h], { ...options, outputs });
    expect(choose(['logits'])).toThrow('mergeModels: no part has the output "logits"; choose from concepts');
    expect(choose(['concepts', 'concepts'])).toThrow('mergeModels: outputs concepts, concepts must be different');
  });
});

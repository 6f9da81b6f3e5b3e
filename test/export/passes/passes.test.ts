import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeType,
  dataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../../export/onnx/proto.ts';
import { decodeModel, encodeModel } from '../../../export/onnx/schema.ts';
import { foldPadsIntoConv } from '../../../export/passes/conv-pads.ts';
import { withoutDeadNodes } from '../../../export/passes/dead-nodes.ts';
import { passes, runPasses } from '../../../export/passes/index.ts';
import { numberNames } from '../../../export/passes/names.ts';
import { nameOutputs } from '../../../export/passes/outputs.ts';
import { keepPadsFromPools } from '../../../export/passes/pads.ts';
import { joinReshapes } from '../../../export/passes/reshapes.ts';
import { joinTransposes } from '../../../export/passes/transposes.ts';
import { testModels } from '../../helpers/models.ts';
import { node, rawGraph, runGraph, scalar, transpose } from './raw-graph.ts';

/** Each pass does what it says, and none changes what a graph computes. */

const shown = ({ node: nodes }: GraphProto) => nodes.map(({ opType, input, output }) => [opType, input, output]);
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

describe('transposes', () => {
  it('that another one undoes are read around, and those of one source are written once', () => {
    const nodes = [
      transpose('a', 'x', [2, 0, 1]),
      node('Relu', 'b', ['a']),
      transpose('c', 'b', [1, 2, 0]),
      transpose('d', 'c', [2, 0, 1]),
      transpose('e', 'x', [2, 0, 1]),
      node('Add', 'y', ['d', 'e']),
    ];
    const joined = joinTransposes(rawGraph({ nodes, outputs: ['y'] }));
    expect(shown(joined)).toEqual([
      ['Transpose', ['x'], ['a']],
      ['Relu', ['a'], ['b']],
      ['Transpose', ['b'], ['c']],
      ['Add', ['b', 'a'], ['y']],
    ]);
    expect(names(joined.valueInfo)).toEqual(['a', 'b', 'c']);
  });

  it('of a transpose take its source', () => {
    const nodes = [transpose('a', 'x', [1, 0, 2]), transpose('y', 'a', [0, 2, 1])];
    const joined = joinTransposes(rawGraph({ nodes, outputs: ['y'] }));
    expect(joined.node[1]).toEqual(transpose('y', 'x', [1, 2, 0]));
  });

  it('that make an output stay', () => {
    const nodes = [transpose('a', 'x', [1, 0, 2]), transpose('y', 'a', [1, 0, 2]), transpose('z', 'x', [1, 0, 2])];
    const joined = joinTransposes(rawGraph({ nodes, outputs: ['y', 'z'] }));
    expect(joined.node.slice(1)).toEqual([transpose('y', 'x', [0, 1, 2]), transpose('z', 'x', [1, 0, 2])]);
  });
});

describe('reshapes', () => {
  const shape = (name: string, ...sizes: number[]): TensorProto => ({
    name,
    dims: [sizes.length],
    dataType: dataType.int64,
    rawData: new Uint8Array(BigInt64Array.from(sizes, BigInt).buffer),
  });
  const sized = (graph: GraphProto, sizes: Readonly<Record<string, readonly (number | string)[]>>): GraphProto => {
    const dims = (name: string) =>
      (sizes[name] ?? []).map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
    const info = ({ name, type: { tensorType } }: ValueInfoProto): ValueInfoProto => ({
      name,
      type: { tensorType: { ...tensorType, shape: { dim: dims(name) } } },
    });
    return {
      ...graph,
      input: graph.input.map(info),
      output: graph.output.map(info),
      valueInfo: graph.valueInfo.map(info),
    };
  };
  const constants = [shape('out', -1, 3, 4), shape('in', -1, 4), shape('kept', 0, 12), shape('copied', 0, 0, 2, 2)];

  it('that give back a shape are read around, with what stands between them', () => {
    const nodes = [
      node('Relu', 'a', ['x']),
      node('Reshape', 'b', ['a', 'out']),
      node('Unsqueeze', 'c', ['b', 'axes']),
      node('Squeeze', 'd', ['c', 'axes']),
      node('Reshape', 'e', ['d', 'in']),
      node('Neg', 'y', ['e']),
    ];
    const whole = ['batch', 3, 4];
    const sizes = { x: ['batch*3', 4], a: ['batch*3', 4], b: whole, c: [1, ...whole], d: whole, e: ['batch*3', 4] };
    const joined = joinReshapes(sized(rawGraph({ nodes, outputs: ['y'], constants }), sizes));
    expect(shown(withoutDeadNodes(joined))).toEqual([
      ['Relu', ['x'], ['a']],
      ['Neg', ['a'], ['y']],
    ]);
  });

  it('of a reshape take its source, unless they copy a size that it has not', () => {
    const nodes = [
      node('Reshape', 'a', ['x', 'out']),
      node('Reshape', 'b', ['a', 'kept']),
      node('Reshape', 'c', ['a', 'copied']),
      node('Add', 'y', ['b', 'c']),
    ];
    const sizes = { x: ['batch', 12], a: ['batch', 3, 4], b: ['batch', 12, 1], c: ['batch', 3, 2, 2] };
    expect(shown(joinReshapes(sized(rawGraph({ nodes, outputs: ['y'], constants }), sizes)))).toEqual([
      ['Reshape', ['x', 'out'], ['a']],
      ['Reshape', ['x', 'kept'], ['b']],
      ['Reshape', ['a', 'copied'], ['c']],
      ['Add', ['b', 'c'], ['y']],
    ]);
  });

  it('that make an output stay, and so do those whose sizes nobody has declared', () => {
    const nodes = [node('Reshape', 'a', ['x', 'out']), node('Reshape', 'y', ['a', 'in'])];
    const sizes = { x: ['batch', 4], a: ['batch', 3, 4], y: ['batch', 4] };
    const graph = sized(rawGraph({ nodes, outputs: ['y'], constants }), sizes);
    expect(shown(joinReshapes(graph))[1]).toEqual(['Reshape', ['x', 'in'], ['y']]);
    const { valueInfo: _, ...rest } = graph;
    expect(shown(joinReshapes({ ...rest, input: [], valueInfo: [] }))).toHaveLength(2);
  });

  describe('and zeros around images', () => {
    const conv = (name: string, input: string[]): NodeProto => ({
      ...node('Conv', name, input),
      attribute: [{ name: 'pads', ints: [1, 0, 1, 0], type: attributeType.ints }],
    });
    const around = [shape('around', 0, 0, 1, 2, 0, 0, 3, 4), shape('channels', 0, 1, 1, 2, 0, 0, 3, 4)];
    const pad = (sizes: string) => node('Pad', 'p', ['x', sizes]);

    it('go into every convolution that reads them', () => {
      const nodes = [pad('around'), conv('a', ['p', 'w']), conv('b', ['p', 'v']), node('Add', 'y', ['a', 'b'])];
      const folded = foldPadsIntoConv(rawGraph({ nodes, outputs: ['y'], constants: around, rank: 4 }));
      expect(shown(folded)).toEqual([
        ['Conv', ['x', 'w'], ['a']],
        ['Conv', ['x', 'v'], ['b']],
        ['Add', ['a', 'b'], ['y']],
      ]);
      expect(folded.node[0]?.attribute).toEqual([{ name: 'pads', ints: [2, 2, 4, 4], type: attributeType.ints }]);
    });

    it.each<[string, NodeProto[]]>([
      ['that something else reads too', [pad('around'), conv('a', ['p', 'w']), node('Add', 'y', ['p', 'a'])]],
      ['of channels', [pad('channels'), conv('y', ['p', 'w'])]],
      ['of another value', [node('Pad', 'p', ['x', 'around', 'one']), conv('y', ['p', 'w'])]],
      ['that nobody knows before the run', [pad('later'), conv('y', ['p', 'w'])]],
      ['that are a kernel', [pad('around'), conv('y', ['x', 'p'])]],
      ['before a convolution that pads by itself', [pad('around'), node('Conv', 'y', ['p', 'w'])]],
    ])('stay: %s', (_, nodes) => {
      const graph = rawGraph({ nodes, outputs: ['y'], constants: around, rank: 4 });
      expect(foldPadsIntoConv(graph)).toBe(graph);
    });
  });
});

describe('names', () => {
  it('count without gaps, around the names of ports and constants', () => {
    const nodes = [
      node('Relu', 'a/Relu_1', ['x']),
      node('Relu', 'a/Relu_4', ['a/Relu_1']),
      node('Relu', 'a/Relu_5', ['a/Relu_4']),
      node('Split', 'b/Split_2', ['a/Relu_5'], ['b/Split_2', '', 'b/Split_3']),
      node('Add', 'odd', ['b/Split_2', 'c']),
      node('Add', 'y', ['odd', 'b/Split_3']),
    ];
    const graph = rawGraph({ nodes, outputs: ['y', 'a/Relu'], constants: [scalar('a/Relu_1', 1)] });
    const numbered = numberNames({ ...graph, initializer: [scalar('c', 1), scalar('b/Split', 1)] });
    expect(shown(numbered)).toEqual([
      ['Relu', ['x'], ['a/Relu_1']],
      ['Relu', ['a/Relu_1'], ['a/Relu_2']],
      ['Relu', ['a/Relu_2'], ['a/Relu_3']],
      ['Split', ['a/Relu_3'], ['b/Split_1', '', 'b/Split_2']],
      ['Add', ['b/Split_1', 'c'], ['odd']],
      ['Add', ['odd', 'b/Split_2'], ['y']],
    ]);
    expect(names(numbered.node)).toEqual(['a/Relu_1', 'a/Relu_2', 'a/Relu_3', 'b/Split_1', 'odd', 'y']);
    expect(names(numbered.valueInfo)).toEqual(
      numbered.node.flatMap(({ output }) => output).filter((name) => name !== 'y'),
    );
  });
});

describe('outputs', () => {
  it('are made by the node of their value, unless it is an input, a constant or an output already', () => {
    const nodes = [
      node('Relu', 'a', ['x']),
      node('Identity', 'p', ['a']),
      node('Identity', 'q', ['a']),
      node('Identity', 'r', ['x']),
      node('Identity', 's', ['c']),
      node('Neg', 't', ['a']),
    ];
    const named = nameOutputs(rawGraph({ nodes, outputs: ['p', 'q', 'r', 's', 't'], constants: [scalar('c', 1)] }));
    expect(shown(named)).toEqual([
      ['Relu', ['x'], ['p']],
      ['Identity', ['p'], ['q']],
      ['Identity', ['x'], ['r']],
      ['Identity', ['c'], ['s']],
      ['Neg', ['p'], ['t']],
    ]);
    expect(named.valueInfo).toEqual([]);
  });

  it('leave an Identity between two layers where it is', () => {
    const graph = rawGraph({
      nodes: [node('Relu', 'a', ['x']), node('Identity', 'b', ['a']), node('Neg', 'y', ['b'])],
      outputs: ['y'],
    });
    expect(nameOutputs(graph)).toEqual(graph);
  });
});

describe('dead nodes', () => {
  it('go with their constants and values; inputs stay, and so does every node that is read', () => {
    const nodes = [node('Add', 'a', ['x', 'c']), node('Add', 'b', ['a', 'd']), node('Relu', 'y', ['a'])];
    const live = withoutDeadNodes(rawGraph({ nodes, outputs: ['y'], constants: [scalar('c', 1), scalar('d', 2)] }));
    expect(names(live.node)).toEqual(['a', 'y']);
    expect(names(live.initializer)).toEqual(['c']);
    expect(names(live.valueInfo)).toEqual(['a']);
    expect(names(live.input)).toEqual(['x']);
  });
});

describe('pads', () => {
  const pad = node('Pad', 'p', ['x', 'sizes']);

  it('say −0 where a pooling reads them', () => {
    const padded = keepPadsFromPools(rawGraph({ nodes: [pad, node('MaxPool', 'y', ['p'])], outputs: ['y'] }));
    expect(padded.node[0]?.input).toEqual(['x', 'sizes', 'minus_zero']);
    expect(padded.initializer).toEqual([scalar('minus_zero', -0)]);
  });

  it('take the −0 that is there, and another name where that is taken', () => {
    const nodes = [pad, node('MaxPool', 'minus_zero', ['p'])];
    const renamed = keepPadsFromPools(rawGraph({ nodes, outputs: ['minus_zero'], constants: [scalar('zero', 0)] }));
    expect(names(renamed.initializer)).toEqual(['zero', 'minus_zero_1']);
    const shared = keepPadsFromPools(rawGraph({ nodes, outputs: ['minus_zero'], constants: [scalar('own', -0)] }));
    expect(shared.node[0]?.input).toEqual(['x', 'sizes', 'own']);
    expect(names(shared.initializer)).toEqual(['own']);
  });

  it.each([
    ['where only convolutions read them', [pad, node('Conv', 'y', ['p', 'w'])]],
    ['where they have a value of their own', [{ ...pad, input: ['x', 'sizes', 'one'] }, node('MaxPool', 'y', ['p'])]],
  ])('stay %s', (_, nodes) => {
    const graph = rawGraph({ nodes, outputs: ['y'] });
    expect(keepPadsFromPools(graph)).toBe(graph);
  });
});

describe('all passes', () => {
  const files = readdirSync(testModels, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.onnx'));

  it.each(files.sort())('change nothing in %s, which they have been over', (file) => {
    const bytes = readFileSync(join(testModels, file));
    const model = decodeModel(bytes);
    for (const { run } of passes) {
      expect(Buffer.compare(encodeModel({ ...model, graph: run(model.graph) }), bytes)).toBe(0);
    }
  });

  /** A node for each entry: a Transpose, or a Relu or Neg, of a value before it; some of the values are outputs. */
  const entry = fc.record({
    from: fc.nat(20),
    perm: fc.option(fc.shuffledSubarray([0, 1, 2], { minLength: 3 })),
    negated: fc.boolean(),
    shown: fc.boolean(),
  });

  it('keep what random graphs compute, bit for bit, in no more nodes, and remove none the second time', async () => {
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 12 }), async (entries) => {
      const values = ['x'];
      const nodes: NodeProto[] = [];
      const outputs: string[] = [];
      for (const [i, { from, perm, negated, shown: isOutput }] of entries.entries()) {
        const source = values[from % values.length] as string;
        const opType = perm === null ? (negated ? 'Neg' : 'Relu') : 'Transpose';
        const name = `l${i % 2}/${opType}_${i}`;
        nodes.push(perm === null ? node(opType, name, [source]) : transpose(name, source, perm));
        values.push(name);
        if (isOutput || i === entries.length - 1) {
          outputs.push(`y${i}`);
          nodes.push(node('Identity', `y${i}/Identity`, [name], [`y${i}`]));
        }
      }
      const raw = rawGraph({ nodes, outputs });
      const clean = runPasses(raw);
      expect(clean.node.length).toBeLessThanOrEqual(raw.node.length);
      expect(runPasses(clean).node.map(({ opType }) => opType)).toEqual(clean.node.map(({ opType }) => opType));
      expect(await runGraph(clean, [2, 3, 4])).toEqual(await runGraph(raw, [2, 3, 4]));
    });
    await fc.assert(property, { numRuns: 60, seed: 1 });
  });
});

import {
  attributeType,
  dataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from '../../../export/onnx/proto.ts';
import { encodeModel } from '../../../export/onnx/schema.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { seededValues } from '../seeded-values.ts';

/** Graphs as emitters leave them, written by hand: what the passes have not been over. */

export const node = (opType: string, name: string, input: string[], output = [name]): NodeProto => ({
  input,
  output,
  name,
  opType,
  attribute: [],
});

export const transpose = (name: string, input: string, perm: number[], output = name): NodeProto => ({
  ...node('Transpose', name, [input], [output]),
  attribute: [{ name: 'perm', ints: perm, type: attributeType.ints }],
});

const port = (name: string, rank: number) => ({
  name,
  type: {
    tensorType: {
      elemType: dataType.float32,
      shape: { dim: Array.from({ length: rank }, (_, i) => ({ dimParam: `${name}${i}` })) },
    },
  },
});

export const scalar = (name: string, value: number): TensorProto => ({
  name,
  dims: [],
  dataType: dataType.float32,
  rawData: new Uint8Array(Float32Array.of(value).buffer),
});

export interface RawGraph {
  readonly nodes: readonly NodeProto[];
  readonly outputs: readonly string[];
  readonly constants?: readonly TensorProto[];
  readonly rank?: number;
}

/** A graph with the input `x`, whose inner values are all declared. */
export function rawGraph({ nodes, outputs, constants = [], rank = 3 }: RawGraph): GraphProto {
  const inner = nodes.flatMap(({ output }) => output).filter((name) => !outputs.includes(name));
  return {
    node: nodes,
    name: 'raw',
    initializer: constants,
    input: [port('x', rank)],
    output: outputs.map((name) => port(name, rank)),
    valueInfo: inner.map((name) => port(name, rank)),
  };
}

/** What ONNX Runtime makes of a graph for seeded values of `x`. */
export async function runGraph(graph: GraphProto, shape: readonly number[]) {
  const opsetImport = [{ domain: '', version: 18 }];
  const session = await openSession(
    encodeModel({ irVersion: 8, producerName: 'test', graph, opsetImport, metadataProps: [] }),
  );
  try {
    const size = shape.reduce((product, length) => product * length, 1);
    return await session.run({ x: { shape, data: seededValues(1, size) } });
  } finally {
    await session.close();
  }
}

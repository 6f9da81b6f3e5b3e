import { int } from '../../../export/graph/attributes.ts';
import { createGraph } from '../../../export/graph/graph.ts';
import type { Value } from '../../../export/graph/value.ts';
import type { MergePart } from '../../../export/onnx/merge.ts';
import { encodeModel } from '../../../export/onnx/schema.ts';
import { seededValues } from '../seeded-values.ts';

/** Small parts for the tests of `mergeModels`, whose inner names are all alike. */

type Sizes = Readonly<Record<string, readonly number[]>>;

/** A part whose outputs are each a seeded linear function of its inputs, joined. Shapes are without the batch. */
export function part(
  name: string,
  inputs: Sizes,
  outputs: Sizes,
  { opset = 18, batch }: { readonly opset?: number; readonly batch?: number } = {},
): MergePart {
  const reserved = [...Object.keys(inputs), ...Object.keys(outputs)];
  const graph = createGraph({ reserved, opset, batch });
  const scope = graph.scope('w');
  const read = Object.entries(inputs).map(([input, shape]) => graph.input(input, { shape, layout: 'tfjs' }));
  const width = read.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const joined = { shape: [width], layout: 'tfjs' } as const;
  const x = read.length === 1 ? (read[0] as Value) : scope.node('Concat', read, joined, { axis: int(1) });
  Object.entries(outputs).forEach(([output, shape], i) => {
    const size = width * (shape[0] as number);
    const kernel = scope.float32('kernel', [width, shape[0] as number], seededValues(i + size, size));
    graph.output(output, scope.node('Gemm', [x, kernel], { shape, layout: 'tfjs' }));
  });
  return { name, graph: encodeModel(graph.build({ name, metadata: {} })) };
}

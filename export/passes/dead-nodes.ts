import type { GraphProto } from '../onnx/proto.ts';

/**
 * A graph without the nodes that no output depends on, and without the constants and inner values that only they had.
 * Law: the outputs stay the same, bit for bit, and whatever is left is in its old order. Inputs stay, read or not: they
 * are what a caller was promised.
 */
export function withoutDeadNodes(graph: GraphProto): GraphProto {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const wanted = new Set(outputs);
  const node = graph.node
    .toReversed()
    .filter(({ input, output }) => {
      if (!output.some((name) => wanted.has(name))) return false;
      for (const name of input) wanted.add(name);
      return true;
    })
    .reverse();
  const used = new Set([...outputs, ...node.flatMap(({ input, output }) => [...input, ...output])]);
  return {
    ...graph,
    node,
    initializer: graph.initializer.filter(({ name }) => used.has(name)),
    valueInfo: graph.valueInfo.filter(({ name }) => used.has(name)),
  };
}

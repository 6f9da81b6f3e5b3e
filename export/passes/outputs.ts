import type { GraphProto } from '../onnx/proto.ts';

/**
 * Lets the node that makes a value give it the name of the output: a graph is built with an Identity before each of its
 * outputs, and most of these would only copy.
 * Law: an Identity stays where no node makes the value (an input of the graph that is an output too, a constant) and
 * where the value is an output already: one value has one name.
 */
export function nameOutputs(graph: GraphProto): GraphProto {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const inner = new Set(graph.node.flatMap(({ output }) => output).filter((name) => !outputs.has(name)));
  const renamed = new Map<string, string>();
  const node = graph.node.filter(({ opType, input, output }) => {
    const [value, name] = [input[0] as string, output[0] as string];
    if (opType !== 'Identity' || !outputs.has(name) || !inner.has(value) || renamed.has(value)) return true;
    renamed.set(value, name);
    return false;
  });
  const rename = (name: string): string => renamed.get(name) ?? name;
  return {
    ...graph,
    node: node.map((current) => ({
      ...current,
      input: current.input.map(rename),
      output: current.output.map(rename),
    })),
    valueInfo: graph.valueInfo.filter(({ name }) => !renamed.has(name)),
  };
}

import type { GraphProto } from '../onnx/proto.ts';
import { uniqueNames } from '../onnx/unique-names.ts';

/** The name that a value of this operator was to have, `conv1/Transpose`, without the number that kept it apart. */
function stemOf(name: string, opType: string): string | undefined {
  const end = name.lastIndexOf(`/${opType}`) + 1 + opType.length;
  return end > opType.length && /^(_\d+)?$/.test(name.slice(end)) ? name.slice(0, end) : undefined;
}

/**
 * Numbers the values that share a name, `conv1/Transpose`, `conv1/Transpose_1`, …, without gaps: names do not tell of
 * nodes that an earlier pass has joined, so a graph has the same names however its parts came to be.
 * Law: nothing but names of inner values and nodes changes, and different values keep different names.
 */
export function numberNames(graph: GraphProto): GraphProto {
  const fixed = [...graph.input, ...graph.output, ...graph.initializer].map(({ name }) => name);
  const others = graph.node.flatMap(({ output, opType }) =>
    output.filter((name) => stemOf(name, opType) === undefined),
  );
  const unique = uniqueNames([...fixed, ...others]);
  const renamed = new Map(fixed.map((name) => [name, name]));
  const node = graph.node.map((current) => {
    const renumbered = (name: string): string => {
      const known = renamed.get(name);
      const stem = stemOf(name, current.opType);
      if (known !== undefined || stem === undefined) return known ?? name;
      const given = unique(stem);
      renamed.set(name, given);
      return given;
    };
    const output = current.output.map(renumbered);
    return { ...current, output, name: renumbered(current.name) };
  });
  const rename = (name: string): string => renamed.get(name) ?? name;
  return {
    ...graph,
    node: node.map((current) => ({ ...current, input: current.input.map(rename) })),
    valueInfo: graph.valueInfo.map((info) => ({ ...info, name: rename(info.name) })),
  };
}

import type { GraphProto, NodeProto, ValueInfoProto } from '../onnx/proto.ts';
import { wholeNumbers } from './whole-numbers.ts';

/** Operators that give elements another shape and keep their order. */
const relabelling: ReadonlySet<string> = new Set(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']);

/** Sizes of a value as the graph declares them; an open one by its name. */
const sizesOf = ({ type }: ValueInfoProto): string[] =>
  type.tensorType.shape.dim.map((size) => ('dimValue' in size ? String(size.dimValue) : size.dimParam));

/**
 * Takes every Reshape from the first source there is, and writes none that gives back the shape of a value before it, nor
 * Squeeze and Unsqueeze: two TimeDistributed in a row fold the time into the batch, out of it, and in again.
 * Law: a row of such operators keeps the order of elements, so where the last shape is the first one it is nothing. What
 * makes an output of the graph stays. A size `0` is copied from the source, and must be the same in the other source.
 */
export function joinReshapes(graph: GraphProto): GraphProto {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const sizes = new Map(
    [...graph.valueInfo, ...graph.input, ...graph.output].map((info) => [info.name, sizesOf(info)]),
  );
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  /** The first value that has the same elements in the same order. */
  const origins = new Map<string, string>();
  const replaced = new Map<string, string>();

  const copiesTheSame = (shape: readonly number[], source: string, origin: string): boolean => {
    const [own, first] = [sizes.get(source), sizes.get(origin)];
    return shape.every((size, i) => size !== 0 || (own?.[i] !== undefined && own[i] === first?.[i]));
  };

  const node = graph.node.flatMap((original): NodeProto[] => {
    const current = { ...original, input: original.input.map((name) => replaced.get(name) ?? name) };
    const [source, operand] = current.input as [string, string];
    const [output] = current.output as [string];
    if (!relabelling.has(current.opType)) return [current];
    const origin = origins.get(source) ?? source;
    origins.set(output, origin);
    if (!outputs.has(output) && sizes.has(origin) && sizes.get(origin)?.join() === sizes.get(output)?.join()) {
      replaced.set(output, origin);
      return [];
    }
    const shape = current.opType === 'Reshape' ? wholeNumbers(constants.get(operand)) : undefined;
    if (shape === undefined || !copiesTheSame(shape, source, origin)) return [current];
    return [{ ...current, input: [origin, operand] }];
  });
  return { ...graph, node, valueInfo: graph.valueInfo.filter(({ name }) => !replaced.has(name)) };
}

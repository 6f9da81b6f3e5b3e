import { attributeType, type GraphProto, type NodeProto } from '../onnx/proto.ts';
import { wholeNumbers } from './whole-numbers.ts';

/** Zeros that a node puts around the axes of an image, in the order of a Conv's own `pads`. */
function zerosOf({ opType, input, attribute }: NodeProto, graph: GraphProto): number[] | undefined {
  if (opType !== 'Pad' || input.length !== 2 || attribute.length > 0) return undefined;
  const all = wholeNumbers(graph.initializer.find(({ name }) => name === input[1]));
  if (all === undefined) return undefined;
  const rank = all.length / 2;
  const [batch, channels, ...before] = all.slice(0, rank);
  const [batchEnd, channelsEnd, ...after] = all.slice(rank);
  const others = [batch, channels, batchEnd, channelsEnd];
  return others.every((size) => size === 0) && all.every((size) => size >= 0) ? [...before, ...after] : undefined;
}

/** The explicit padding of a Conv that reads `x` as its image alone. */
function padsOf({ opType, input, attribute }: NodeProto, x: string): readonly number[] | undefined {
  if (opType !== 'Conv' || input[0] !== x || input.lastIndexOf(x) > 0) return undefined;
  const pads = attribute.find(({ name }) => name === 'pads');
  return pads?.type === attributeType.ints && !attribute.some(({ name }) => name === 'auto_pad')
    ? pads.ints
    : undefined;
}

const widened = (node: NodeProto, source: string, zeros: readonly number[]): NodeProto => ({
  ...node,
  input: [source, ...node.input.slice(1)],
  attribute: node.attribute.map((one) =>
    one.name === 'pads' && one.type === attributeType.ints
      ? { ...one, ints: one.ints.map((size, i) => size + (zeros[i] as number)) }
      : one,
  ),
});

/**
 * Leaves the zeros that a Pad puts around an image to the convolutions that read it, as MobileNet has them before every
 * stride.
 * Law: a convolution's own padding is zeros too. A Pad that anything else reads, or that makes an output, stays.
 */
export function foldPadsIntoConv(graph: GraphProto): GraphProto {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const changed = new Map<NodeProto, NodeProto | undefined>();
  for (const pad of graph.node) {
    const zeros = zerosOf(pad, graph);
    const [padded] = pad.output as [string];
    if (zeros === undefined || outputs.has(padded)) continue;
    const readers = graph.node.filter(({ input }) => input.includes(padded));
    if (readers.length === 0 || !readers.every((reader) => padsOf(reader, padded)?.length === zeros.length)) continue;
    for (const reader of readers) changed.set(reader, widened(reader, pad.input[0] as string, zeros));
    changed.set(pad, undefined);
  }
  if (changed.size === 0) return graph;
  const node = graph.node.flatMap((one) => (changed.has(one) ? (changed.get(one) ?? []) : [one]));
  return { ...graph, node };
}

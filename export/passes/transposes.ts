import { attributeType, type GraphProto, type NodeProto } from '../onnx/proto.ts';

/** A Transpose of a graph: `perm[i]` is the axis of its source that becomes axis i. */
interface Transpose {
  readonly source: string;
  readonly perm: readonly number[];
}

/** What the node is as a Transpose; undefined for any other operator. */
function transposeOf({ opType, input, attribute }: NodeProto): Transpose | undefined {
  const perm = opType === 'Transpose' ? attribute.find(({ name }) => name === 'perm') : undefined;
  return perm?.type === attributeType.ints ? { source: input[0] as string, perm: perm.ints } : undefined;
}

const isIdentity = ({ perm }: Transpose): boolean => perm.every((axis, i) => axis === i);
const keyOf = ({ source, perm }: Transpose): string => `${perm.join()} ${source}`;

/**
 * Takes every Transpose from the first source there is, writes none twice, and none that another one undoes: a layer
 * turns its input as it wants it and does not know that the layer before has just turned it the other way.
 * Law: transposing by p and then by q is transposing by `i ↦ p[q[i]]`, and by the identity is nothing. What another
 * node stood for is read from that one; a Transpose that makes an output of the graph stays. A Transpose that nobody
 * reads any more is left to the pass for dead nodes.
 */
export function joinTransposes(graph: GraphProto): GraphProto {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const made = new Map<string, Transpose>();
  const known = new Map<string, string>();
  const replaced = new Map<string, string>();

  /** The same from the source of its source. */
  const resolved = ({ source, perm }: Transpose): Transpose => {
    const before = made.get(source);
    return before === undefined
      ? { source, perm }
      : { source: before.source, perm: perm.map((axis) => before.perm[axis] as number) };
  };

  const node = graph.node.flatMap((original): NodeProto[] => {
    const current = { ...original, input: original.input.map((name) => replaced.get(name) ?? name) };
    const written = transposeOf(current);
    if (written === undefined) return [current];
    const transpose = resolved(written);
    const output = current.output[0] as string;
    const same = isIdentity(transpose) ? transpose.source : known.get(keyOf(transpose));
    if (same !== undefined && !outputs.has(output)) {
      replaced.set(output, same);
      return [];
    }
    made.set(output, transpose);
    known.set(keyOf(transpose), output);
    const perm = { name: 'perm', ints: transpose.perm, type: attributeType.ints };
    return [{ ...current, input: [transpose.source], attribute: [perm] }];
  });
  return { ...graph, node, valueInfo: graph.valueInfo.filter(({ name }) => !replaced.has(name)) };
}

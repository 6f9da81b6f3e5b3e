import { sameBytes } from '../onnx/bytes.ts';
import { dataType, type GraphProto, type TensorProto } from '../onnx/proto.ts';
import { uniqueNames } from '../onnx/unique-names.ts';

/** −0 in single precision. */
const rawData = new Uint8Array(Float32Array.of(-0).buffer);

const isMinusZero = (tensor: TensorProto): boolean =>
  tensor.dataType === dataType.float32 &&
  tensor.dims.length === 0 &&
  'rawData' in tensor &&
  sameBytes(tensor.rawData, rawData);

/** The graph's own constant −0, or a new one. */
function minusZeroOf({ initializer, input, output, node }: GraphProto): TensorProto {
  const found = initializer.find(isMinusZero);
  if (found !== undefined) return found;
  const values = [...input, ...output, ...initializer].map(({ name }) => name);
  const unique = uniqueNames([...values, ...node.flatMap((one) => one.output)]);
  return { name: unique('minus_zero'), dims: [], dataType: dataType.float32, rawData };
}

/**
 * Keeps ONNX Runtime (1.18 to 1.30) from joining a Pad of zeros with the pooling behind it. MaxPool's own padding is no
 * zeros but −∞ (microsoft/onnxruntime#18136), so that the maximum of a window of negative values comes out wrong;
 * AveragePool's may miss the zeros at the end (#24681); and neither loads where the padding is as wide as the window. It
 * joins only where the Pad's value is +0 bit by bit, so the Pad says −0, which is the same number.
 * Law: a Pad that only convolutions read stays as it is: there the joining is right, and saves a copy.
 */
export function keepPadsFromPools(graph: GraphProto): GraphProto {
  const readBeyondConv = new Set(graph.node.filter(({ opType }) => opType !== 'Conv').flatMap(({ input }) => input));
  const concerned = graph.node.filter(
    ({ opType, input, output }) => opType === 'Pad' && input.length === 2 && output.some((y) => readBeyondConv.has(y)),
  );
  if (concerned.length === 0) return graph;
  const minusZero = minusZeroOf(graph);
  const padded = new Set(concerned);
  return {
    ...graph,
    node: graph.node.map((node) => (padded.has(node) ? { ...node, input: [...node.input, minusZero.name] } : node)),
    initializer: graph.initializer.includes(minusZero) ? graph.initializer : [...graph.initializer, minusZero],
  };
}

import type { NodeProto } from '../onnx/proto.ts';

/**
 * ONNX Runtime (1.18 to 1.30) joins a Pad of zeros with the pooling behind it. MaxPool's own padding is no zeros but −∞
 * (microsoft/onnxruntime#18136), so that the maximum of a window of negative values comes out wrong; AveragePool's may
 * miss the zeros at the end (#24681); and neither loads where the padding is as wide as the window. It does so only
 * where the Pad's value is +0 bit by bit, so a Pad says −0, which is the same number, unless none but convolutions read
 * it: there the joining is right, and saves a copy.
 * @param minusZero gives the name of that constant
 */
export function keepPadsFromPools(nodes: readonly NodeProto[], minusZero: () => string): NodeProto[] {
  const readBeyondConv = new Set(nodes.filter(({ opType }) => opType !== 'Conv').flatMap(({ input }) => input));
  return nodes.map((node) => {
    const [x, sizes, ...others] = node.input as [string, string, ...string[]];
    const concerned = node.opType === 'Pad' && others.length === 0 && node.output.some((y) => readBeyondConv.has(y));
    return concerned ? { ...node, input: [x, sizes, minusZero()] } : node;
  });
}

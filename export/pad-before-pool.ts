import type { NodeProto } from './onnx/proto.ts';

/**
 * ONNX Runtime (1.18 to 1.30, microsoft/onnxruntime#18136) joins a Pad of zeros with the MaxPool behind it, whose own
 * padding is no zeros but −∞: where every value of a window is negative the maximum comes out wrong, and where the
 * padding is as wide as the kernel the model does not load. It does so only where the Pad's value is +0 bit by bit, so
 * such a Pad says −0, which is the same number.
 * @param minusZero gives the name of that constant
 */
export function keepPadsFromPools(nodes: readonly NodeProto[], minusZero: () => string): NodeProto[] {
  const pooled = new Set(nodes.filter(({ opType }) => opType === 'MaxPool').map(({ input }) => input[0]));
  return nodes.map((node) => {
    const [x, sizes, ...others] = node.input as [string, string, ...string[]];
    const concerned = node.opType === 'Pad' && others.length === 0 && node.output.some((name) => pooled.has(name));
    return concerned ? { ...node, input: [x, sizes, minusZero()] } : node;
  });
}

import { int } from '../graph/attributes.ts';
import { createGraph } from '../graph/graph.ts';
import { opsets } from '../onnx/opsets.ts';
import { encodeModel } from '../onnx/schema.ts';

/**
 * g, the aggregator, which the other runtimes of this project compute outside their graphs: contributions
 * `θ[k,c]·h[k]`, logits (their sums over k), probabilities (softmax of the logits).
 * `concepts` `[batch, K]`, `relevances` `[batch, K, C]` → `contributions` `[batch, K, C]`, `logits`, `probabilities`
 * `[batch, C]`.
 */
export function aggregatorOnnx(name: string, K: number, C: number): Uint8Array {
  const reserved = ['concepts', 'relevances', 'contributions', 'logits', 'probabilities'];
  const graph = createGraph({ reserved, opset: opsets.default });
  const scope = graph.scope('aggregator');
  const form = (...shape: number[]) => ({ shape, layout: 'tfjs' }) as const;
  const concepts = graph.input('concepts', form(K));
  const relevances = graph.input('relevances', form(K, C));
  const column = scope.node('Unsqueeze', [concepts, scope.int64('axes', [2])], form(K, 1));
  const contributions = scope.node('Mul', [column, relevances], form(K, C));
  const logits = scope.node('ReduceSum', [contributions, scope.int64('axes', [1])], form(C), { keepdims: int(0) });
  const probabilities = scope.node('Softmax', [logits], form(C), { axis: int(-1) });
  graph.output('contributions', contributions);
  graph.output('logits', logits);
  graph.output('probabilities', probabilities);
  return encodeModel(graph.build({ name, metadata: {} }));
}

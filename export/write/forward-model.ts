import { type Ports, planOf, type TensorName } from '../../core/graphs.ts';
import { mergeModels } from '../onnx/merge.ts';

/** `model.onnx`: the graphs of the forward pass merged into one, for any runtime, and what a server runs. */

/** A graph of a model: its bytes and the names of its tensors. */
export interface WrittenGraph extends Ports {
  readonly bytes: Uint8Array;
}

/** What it gives, as far as the graphs do; h and θ always. */
const OUTPUTS: readonly TensorName[] = ['concepts', 'log_variance', 'maps', 'boxes', 'relevances'];

/**
 * @param graphs by name, in the order in which they run
 * @param name of the merged graph
 * @throws invalid_config where the graphs do not go together
 */
export function forwardModel(
  graphs: Readonly<Record<string, WrittenGraph>>,
  name: string,
  metadata: Readonly<Record<string, string>>,
): WrittenGraph {
  const plan = (planOf(graphs, ['input'], ['concepts', 'relevances']) ?? []).flat();
  const parts = plan.map(({ graph }) => ({ name: graph, graph: (graphs[graph] as WrittenGraph).bytes }));
  const given = new Set(plan.flatMap(({ graph }) => graphs[graph]?.outputs ?? []));
  const outputs = OUTPUTS.filter((output) => given.has(output));
  return { inputs: ['input'], outputs, bytes: mergeModels(parts, { name, metadata, outputs }) };
}

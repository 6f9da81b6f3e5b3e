import { SennError } from '../../core/errors.ts';
import type { Ports } from '../../core/graphs.ts';
import type { GraphName } from '../../core/manifest.ts';
import type { Graphs } from '../kinds/kind.ts';

/** The graphs of a kind, in an order in which each has what it takes. */

/**
 * The graphs so that every tensor that one takes is the input or made by one before it; else in their own order.
 * @throws invalid_model where a tensor is made by none
 */
export function graphsInOrder(graphs: Graphs): readonly (readonly [GraphName, Ports])[] {
  const left = Object.entries(graphs) as [GraphName, Ports][];
  const known = new Set<string>(['input']);
  const order: [GraphName, Ports][] = [];
  while (left.length > 0) {
    const next = left.findIndex(([, { inputs }]) => inputs.every((port) => known.has(port)));
    if (next < 0) {
      const wanted = left.flatMap(([name, { inputs }]) => inputs.map((port) => `${name} ← ${port}`));
      throw new SennError('invalid_model', `graphs: no graph makes what these take: ${wanted.join(', ')}`);
    }
    const [graph] = left.splice(next, 1) as [[GraphName, Ports]];
    for (const port of graph[1].outputs) known.add(port);
    order.push(graph);
  }
  return order;
}

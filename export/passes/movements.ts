import type { GraphProto } from '../onnx/proto.ts';
import { withoutDeadNodes } from './dead-nodes.ts';
import { joinReshapes } from './reshapes.ts';
import { joinTransposes } from './transposes.ts';

/**
 * Joins what only moves elements, until nothing is left to join: a pair of Reshape that goes may leave a pair of
 * Transpose beside each other, and the other way round.
 * Law: that of the two passes.
 */
export function joinMovements(graph: GraphProto): GraphProto {
  const joined = joinTransposes(joinReshapes(graph));
  return withoutDeadNodes(joined).node.length < withoutDeadNodes(graph).node.length ? joinMovements(joined) : joined;
}

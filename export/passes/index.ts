import type { GraphProto } from '../onnx/proto.ts';
import { foldPadsIntoConv } from './conv-pads.ts';
import { withoutDeadNodes } from './dead-nodes.ts';
import { joinMovements } from './movements.ts';
import { numberNames } from './names.ts';
import { nameOutputs } from './outputs.ts';
import { keepPadsFromPools } from './pads.ts';

/**
 * The clean-ups of a graph that the emitters have built. Emitters write what their layer needs and look at no other
 * layer; whatever is superfluous between two of them goes here. (What runs before, on the layers: ./layers.)
 */

/** A clean-up. Law: the graph afterwards has the same inputs and outputs, which it computes as before, bit for bit. */
export type Pass = (graph: GraphProto) => GraphProto;

/**
 * In the order in which they run; a new one is a file and a row. Dead nodes go after the names are given, although that
 * leaves gaps: a graph keeps the names, and so the bytes, that it has always had.
 */
export const passes = [
  { name: 'movements', run: joinMovements },
  { name: 'conv-pads', run: foldPadsIntoConv },
  { name: 'names', run: numberNames },
  { name: 'outputs', run: nameOutputs },
  { name: 'dead-nodes', run: withoutDeadNodes },
  { name: 'pads', run: keepPadsFromPools },
] as const satisfies readonly { readonly name: string; readonly run: Pass }[];

/** The graph after every pass. */
export function runPasses(graph: GraphProto): GraphProto {
  return passes.reduce((cleaned, { run }) => run(cleaned), graph);
}

import type { NodeProto } from '../onnx/proto.ts';
import type { Builder } from './builder.ts';

/** What a rule of the table is: how one ONNX operator takes cotangents of its outputs back to its inputs. */

/** One node of the graph, on the way back. */
export interface Call {
  readonly node: NodeProto;
  /** The names of its inputs and outputs; `''` for one that is left out. */
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** Cotangents by output, each of the output's shape; `undefined` where nothing flows back. At least one is there. */
  readonly dy: readonly (string | undefined)[];
  /** Whether the gradient goes on through input i; what a rule gives for others is not read. */
  readonly wants: (i: number) => boolean;
  readonly build: Builder;
}

/**
 * The vector-Jacobian product of one operator: `dx[i] = Σ_j dy[j]·∂y[j]/∂x[i]`.
 * @returns names by input, each of the input's shape; `undefined` or absent where the derivative is zero
 * @throws NoRule for a form of the operator that it does not know | OpenSize where it needs a size as a number
 */
export type Rule = (call: Call) => readonly (string | undefined)[];

import type { NodeProto } from '../../onnx/proto.ts';
import type { Rule } from '../rule.ts';

/** Rules of operators that take each element for itself, as formulas of x, y and dy. */

/** Of one node: its operand, its result and the cotangent of that, all of one shape. */
export interface Formula {
  readonly node: NodeProto;
  readonly x: string;
  readonly y: string;
  readonly dy: string;
  /** An operator of values and numbers. */
  readonly op: (opType: string, ...operands: readonly (string | number)[]) => string;
  /** A comparison of them. */
  readonly is: (opType: string, ...operands: readonly (string | number)[]) => string;
}

export const elementwise =
  (back: (formula: Formula) => string): Rule =>
  ({ node, x, y, dy, build }) => {
    const dims = build.dims(x[0] as string);
    const operand = (one: string | number) => (typeof one === 'string' ? one : build.float32('number', [], [one]));
    const formula = {
      node,
      ...{ x: x[0] as string, y: y[0] as string, dy: dy[0] as string },
      op: (opType: string, ...operands: readonly (string | number)[]) => build.op(opType, operands.map(operand), dims),
      is: (opType: string, ...operands: readonly (string | number)[]) =>
        build.op(opType, operands.map(operand), dims, {}, 'bool'),
    };
    return [back(formula)];
  };

import { sizeOf } from '../../core/tensor.ts';
import type { OnnxNode } from '../onnx/read-onnx.ts';

/** How many floating-point operations a node takes, by operator. */

/** Sizes of a value for one sample, or `undefined` where the file does not say them. */
export type ShapeOf = (name: string) => readonly number[] | undefined;

type Count = (node: OnnxNode, shapeOf: ShapeOf) => number;

/** Thrown inside a count, and caught around it: a size that it needs is not known. */
class UnknownShape extends Error {}

function shape(shapeOf: ShapeOf, name: string | undefined): readonly number[] {
  const found = name === undefined ? undefined : shapeOf(name);
  if (found === undefined) throw new UnknownShape();
  return found;
}
const elements = (shapeOf: ShapeOf, name: string | undefined): number => sizeOf(shape(shapeOf, name));

/** So many operations for each element of the first output that there is. */
const eachOutput =
  (operations: number): Count =>
  ({ outputs }, shapeOf) =>
    operations * elements(shapeOf, outputs.find(Boolean));

/** One operation for each element of the first input: reductions. */
const eachInput: Count = ({ inputs }, shapeOf) => elements(shapeOf, inputs[0]);

/** A multiplication and an addition for each weight that meets an element, and an addition for a bias. */
const conv: Count = ({ inputs: [, kernel, bias], outputs: [y] }, shapeOf) => {
  const [, ...perOutput] = shape(shapeOf, kernel);
  return elements(shapeOf, y) * (2 * sizeOf(perOutput) + (bias ? 1 : 0));
};
const convTranspose: Count = ({ inputs: [x, kernel, bias], outputs: [y] }, shapeOf) => {
  const [, ...perInput] = shape(shapeOf, kernel);
  return elements(shapeOf, x) * 2 * sizeOf(perInput) + (bias ? elements(shapeOf, y) : 0);
};
const matMul: Count = ({ inputs: [a], outputs: [y] }, shapeOf) =>
  2 * elements(shapeOf, y) * (shape(shapeOf, a).at(-1) as number);
const gemm: Count = ({ inputs: [a, , c], outputs: [y], attributes }, shapeOf) => {
  const inner = shape(shapeOf, a).at(attributes['transA'] === 1 ? 0 : 1) as number;
  return elements(shapeOf, y) * (2 * inner + (c ? 1 : 0));
};
const pool: Count = ({ outputs: [y], attributes }, shapeOf) =>
  elements(shapeOf, y) * sizeOf(attributes['kernel_shape'] as readonly number[]);

/** Both matrix products of every step: X `[T, batch, in]`, W `[directions, rows, in]`, R `[directions, rows, units]`. */
const recurrent: Count = ({ inputs: [x, w, r] }, shapeOf) => {
  const [T = 0, batch = 0] = shape(shapeOf, x);
  return 2 * T * batch * (elements(shapeOf, w) + elements(shapeOf, r));
};

const nothing: Count = () => 0;

const elementwise =
  'Abs Add And Ceil Clip Cos Div Elu Equal Erf Exp Floor Greater HardSigmoid HardSwish LeakyRelu Less Log Max Mean Min Mod Mul Neg Not Or PRelu Pow Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Sub Sum Tan Tanh ThresholdedRelu Where';
const reductions =
  'ArgMax ArgMin GlobalAveragePool GlobalMaxPool ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare';
const movements =
  'Cast Concat Constant ConstantOfShape DepthToSpace Dropout Expand Flatten Gather GatherND Identity OneHot Pad Range Reshape Shape Size Slice SpaceToDepth Split Squeeze Tile Transpose Unsqueeze';

const rows = (operators: string, count: Count) => Object.fromEntries(operators.split(' ').map((op) => [op, count]));

/**
 * Floating-point operations of ONNX's operators. A multiplication that is added counts as two; a function of one
 * element (tanh, a division) as one; what only moves elements, as none.
 */
const counts: Readonly<Record<string, Count>> = {
  ...rows(elementwise, eachOutput(1)),
  ...rows(reductions, eachInput),
  ...rows(movements, nothing),
  AveragePool: pool,
  /** A subtraction and a division, a scale and an offset. */
  BatchNormalization: eachOutput(4),
  Conv: conv,
  ConvTranspose: convTranspose,
  GRU: recurrent,
  Gelu: eachOutput(1),
  Gemm: gemm,
  LSTM: recurrent,
  /** The mean, the variance (2), and the same four. */
  InstanceNormalization: eachOutput(7),
  LayerNormalization: eachOutput(7),
  LogSoftmax: eachOutput(3),
  MatMul: matMul,
  MaxPool: pool,
  RNN: recurrent,
  Resize: eachOutput(1),
  /** An exponential, its sum, and a division. */
  Softmax: eachOutput(3),
};

/** @returns `undefined` for an operator that has no row, or sizes that the file does not say */
export function flopsOf(node: OnnxNode, shapeOf: ShapeOf): number | undefined {
  const count = node.domain === '' && Object.hasOwn(counts, node.opType) ? counts[node.opType] : undefined;
  try {
    return count?.(node, shapeOf);
  } catch (error) {
    if (error instanceof UnknownShape) return undefined;
    throw error;
  }
}

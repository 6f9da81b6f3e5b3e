import { SennError } from '../../core/errors.ts';
import { type AttributeProto, dataType, type ElementType } from '../onnx/proto.ts';

/**
 * Which element type an operator gives, so that a graph never declares another: a file that does is refused by every
 * runtime, far from the emitter that wrote it.
 */

/** `alike`: what all its operands have; `first`, `second`: what that operand has; `to`: as its attribute says. */
type Rule = 'alike' | 'first' | 'second' | 'to' | ElementType;

const rows = (operators: string, rule: Rule) => operators.split(' ').map((opType) => [opType, rule] as const);

/** By operator (onnx, Operators.md). What is not listed is taken at its word. */
const rules: ReadonlyMap<string, Rule> = new Map([
  ...rows('And Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or Xor', 'bool'),
  ...rows('ArgMax ArgMin NonZero Shape Size', 'int64'),
  ...rows('Add Concat Conv ConvTranspose Div Gemm MatMul Max Mean Min Mod Mul PRelu Sub Sum', 'alike'),
  ...rows('Abs Ceil Clip Elu Erf Exp Expand Flatten Floor Gather Gelu HardSigmoid Identity LeakyRelu Log Neg', 'first'),
  ...rows('LogSoftmax Pad Pow Relu Reshape Resize Round Selu Sigmoid Sign Slice Softmax Softplus Softsign', 'first'),
  ...rows('Split Sqrt Squeeze Tanh ThresholdedRelu Tile Transpose Unsqueeze AveragePool', 'first'),
  ...rows('ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum', 'first'),
  ...rows('Where', 'second'),
  ...rows('Cast', 'to'),
]);

/** Operators of the second kind that compare: their operands must be alike all the same. */
const comparisons: ReadonlySet<string> = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);

interface Signature {
  readonly opType: string;
  /** `undefined` for one that is left out. */
  readonly operands: readonly (ElementType | undefined)[];
  readonly outputs: readonly (ElementType | undefined)[];
  /** The attribute of a Cast. */
  readonly to: AttributeProto | undefined;
}

function typeByRule(rule: Rule, { operands, to }: Signature): ElementType | undefined {
  if (rule === 'alike' || rule === 'first') return operands[0];
  if (rule === 'second') return operands[1];
  if (rule !== 'to') return rule;
  const code = to !== undefined && 'i' in to ? to.i : undefined;
  return (Object.keys(dataType) as ElementType[]).find((type) => dataType[type] === code);
}

/** @throws unsupported_layer where a node would mix types that its operator does not, or declare one it does not give */
export function checkTypes(layer: string, signature: Signature): void {
  const { opType, operands, outputs } = signature;
  const rule = rules.get(opType);
  if (rule === undefined) return;
  const known = operands.filter((type) => type !== undefined);
  if ((rule === 'alike' || comparisons.has(opType)) && new Set(known).size > 1) {
    throw new SennError(
      'unsupported_layer',
      `layer "${layer}": operands of ${opType} must have one element type, got ${known.join(', ')}; cast one of them: castTo(scope, value, type)`,
      { layer, opType, types: known },
    );
  }
  const given = typeByRule(rule, signature);
  const wrong = outputs.find((type) => type !== undefined && type !== given);
  if (given === undefined || wrong === undefined) return;
  throw new SennError(
    'unsupported_layer',
    `layer "${layer}": ${opType} gives ${given}, but is declared as ${wrong}; declare it, { shape, layout, type: '${given}' }, and cast what has to be another: castTo(scope, value, '${wrong}')`,
    { layer, opType, given, declared: wrong },
  );
}

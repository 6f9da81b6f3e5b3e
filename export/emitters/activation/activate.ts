import { z } from 'zod';
import { type Attributes, float, int } from '../../graph/attributes.ts';
import { castTo } from '../../graph/cast.ts';
import type { Scope } from '../../graph/scope.ts';
import { storedAxis, typeOf, type Value } from '../../graph/value.ts';

/** Activations by the names that layers' configurations give them, for `Activation` and every layer that has one. */

type Activation = (scope: Scope, x: Value) => Value;

/** One operator, elementwise. */
const operator =
  (opType: string, attributes: Attributes = {}): Activation =>
  (scope, x) =>
    scope.node(opType, [x], x, attributes);

const binary = (scope: Scope, opType: string, a: Value, b: Value | number): Value =>
  scope.node(opType, [a, typeof b === 'number' ? scope.float32('constant', [], [b]) : b], a);

/** Along the last axis of tfjs, wherever it stands. */
const overChannels =
  (opType: string): Activation =>
  (scope, x) =>
    scope.node(opType, [x], x, { axis: int(storedAxis(x, -1)) });

/** x·Φ(x), Φ the normal distribution function (Hendrycks & Gimpel 2016, arXiv 1606.08415). */
const gelu: Activation = (scope, x) => {
  const erf = scope.node('Erf', [binary(scope, 'Div', x, Math.SQRT2)], x);
  return binary(scope, 'Mul', x, binary(scope, 'Mul', binary(scope, 'Add', erf, 1), 0.5));
};

/** The same with Φ(x) ≈ (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2. */
const geluNew: Activation = (scope, x) => {
  const cube = binary(scope, 'Mul', binary(scope, 'Mul', x, x), x);
  const inner = binary(scope, 'Add', x, binary(scope, 'Mul', cube, 0.044715));
  const tanh = scope.node('Tanh', [binary(scope, 'Mul', inner, Math.sqrt(2 / Math.PI))], x);
  return binary(scope, 'Mul', x, binary(scope, 'Mul', binary(scope, 'Add', tanh, 1), 0.5));
};

/**
 * tfjs's activations, by their names in a layer's configuration. What ONNX has no operator for at opset 17 is
 * composed of its definition.
 */
export const activations = {
  linear: (_, x) => x,
  relu: operator('Relu'),
  relu6: (scope, x) => scope.node('Clip', [x, scope.float32('min', [], [0]), scope.float32('max', [], [6])], x),
  elu: operator('Elu', { alpha: float(1) }),
  selu: operator('Selu', { alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) }),
  sigmoid: operator('Sigmoid'),
  hardSigmoid: operator('HardSigmoid', { alpha: float(0.2), beta: float(0.5) }),
  tanh: operator('Tanh'),
  softplus: operator('Softplus'),
  softsign: operator('Softsign'),
  softmax: overChannels('Softmax'),
  logSoftmax: overChannels('LogSoftmax'),
  swish: (scope, x) => binary(scope, 'Mul', x, scope.node('Sigmoid', [x], x)),
  mish: (scope, x) => binary(scope, 'Mul', x, scope.node('Tanh', [scope.node('Softplus', [x], x)], x)),
  gelu,
  gelu_new: geluNew,
} as const satisfies Record<string, Activation>;

/** What `Activation` and the activations of other layers become. */
export const activationOperators = [
  'Add',
  'Clip',
  'Div',
  'Elu',
  'Erf',
  'HardSigmoid',
  'LogSoftmax',
  'Mul',
  'Relu',
  'Selu',
  'Sigmoid',
  'Softmax',
  'Softplus',
  'Softsign',
  'Tanh',
];

export type ActivationName = keyof typeof activations;
const names = Object.keys(activations) as [ActivationName, ...ActivationName[]];

/** The `activation` of a layer's configuration. */
export const activationName = z.enum(names, `must be one of ${names.join(', ')}`);

/**
 * The value after the activation, which is elementwise or along the last axis of tfjs. Whole numbers stay what they are
 * where the activation makes no fractions of them.
 */
export function activate(scope: Scope, name: ActivationName, x: Value): Value {
  if (name === 'linear') return x;
  if (name === 'relu' && typeOf(x) !== 'float32') return activations.relu(scope, castTo(scope, x, 'int32'));
  return activations[name](scope, castTo(scope, x, 'float32'));
}

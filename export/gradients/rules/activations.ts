import type { Rule } from '../rule.ts';
import { floatOf } from '../shared/attributes.ts';
import { elementwise } from '../shared/elementwise.ts';

/**
 * Activations. At a kink the derivative is the one from the left, which is what TensorFlow has for Relu and Relu6: 0 of
 * Relu at 0, alpha of LeakyRelu, 1 of Clip at its upper end.
 */

const relu = elementwise(({ op, is, x, dy }) => op('Where', is('Greater', x, 0), dy, 0));

const leakyRelu = elementwise(({ node, op, is, x, dy }) =>
  op('Where', is('Greater', x, 0), dy, op('Mul', dy, floatOf(node, 'alpha', 0.01))),
);

const thresholdedRelu = elementwise(({ node, op, is, x, dy }) =>
  op('Where', is('Greater', x, floatOf(node, 'alpha', 1)), dy, 0),
);

/** Below 0, y = α·(eˣ − 1), so y′ = y + α. */
const elu = elementwise(({ node, op, is, x, y, dy }) =>
  op('Where', is('Greater', x, 0), dy, op('Mul', dy, op('Add', y, floatOf(node, 'alpha', 1)))),
);

/** γ times an Elu. */
const selu = elementwise(({ node, op, is, x, y, dy }) => {
  const [alpha, gamma] = [floatOf(node, 'alpha', 1.6732632), floatOf(node, 'gamma', 1.050701)];
  const below = op('Mul', dy, op('Add', y, alpha * gamma));
  return op('Where', is('Greater', x, 0), op('Mul', dy, gamma), below);
});

const sigmoid = elementwise(({ op, y, dy }) => op('Mul', dy, op('Mul', y, op('Sub', 1, y))));

/** A line of slope α, kept to [0, 1]. */
const hardSigmoid = elementwise(({ node, op, is, x, dy }) => {
  const alpha = floatOf(node, 'alpha', 0.2);
  const line = op('Add', op('Mul', x, alpha), floatOf(node, 'beta', 0.5));
  const inside = is('And', is('Greater', line, 0), is('LessOrEqual', line, 1));
  return op('Where', inside, op('Mul', dy, alpha), 0);
});

const tanh = elementwise(({ op, y, dy }) => op('Mul', dy, op('Sub', 1, op('Mul', y, y))));
const softplus = elementwise(({ op, x, dy }) => op('Mul', dy, op('Sigmoid', x)));

/** y = x / (1 + |x|) */
const softsign = elementwise(({ op, x, dy }) => {
  const root = op('Add', op('Abs', x), 1);
  return op('Div', dy, op('Mul', root, root));
});

export const activationRules = {
  Elu: elu,
  HardSigmoid: hardSigmoid,
  LeakyRelu: leakyRelu,
  Relu: relu,
  Selu: selu,
  Sigmoid: sigmoid,
  Softplus: softplus,
  Softsign: softsign,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
} as const satisfies Record<string, Rule>;

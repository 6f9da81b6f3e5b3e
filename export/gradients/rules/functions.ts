import type { Rule } from '../rule.ts';
import { elementwise } from '../shared/elementwise.ts';

/** Functions of one number. */

const exp = elementwise(({ op, y, dy }) => op('Mul', dy, y));
const log = elementwise(({ op, x, dy }) => op('Div', dy, x));

/**
 * 1 / (2·√x); 0 at 0, the derivative from the left of √max(x, 0), as a feature that is taken by its root is scaled. The
 * one from the right is infinite, and of an infinite gradient nothing is left but NaN.
 */
const sqrt = elementwise(({ op, is, y, dy }) => op('Where', is('Greater', y, 0), op('Div', dy, op('Mul', y, 2)), 0));

const neg = elementwise(({ op, dy }) => op('Neg', dy));
const abs = elementwise(({ op, x, dy }) => op('Mul', dy, op('Sign', x)));
const reciprocal = elementwise(({ op, y, dy }) => op('Neg', op('Mul', dy, op('Mul', y, y))));

/** 2/√π·e^(−x²) */
const erf = elementwise(({ op, x, dy }) =>
  op('Mul', dy, op('Mul', op('Exp', op('Neg', op('Mul', x, x))), 2 / Math.sqrt(Math.PI))),
);

export const functionRules = {
  Abs: abs,
  Erf: erf,
  Exp: exp,
  Log: log,
  Neg: neg,
  Reciprocal: reciprocal,
  Sqrt: sqrt,
} as const satisfies Record<string, Rule>;

import type { Rule } from '../rule.ts';
import { activationRules } from './activations.ts';
import { broadcastingRules } from './broadcasting.ts';
import { functionRules } from './functions.ts';
import { movementRules } from './movements.ts';
import { normalizationRules } from './normalization.ts';
import { productRules } from './products.ts';
import { reductionRules } from './reductions.ts';
import { resizeRules } from './resize.ts';
import { windowRules } from './windows.ts';

/** The table: how each ONNX operator takes a cotangent back. A new operator is a row of one of its rooms. */

export const rules = {
  ...activationRules,
  ...broadcastingRules,
  ...functionRules,
  ...movementRules,
  ...normalizationRules,
  ...productRules,
  ...reductionRules,
  ...resizeRules,
  ...windowRules,
} as const satisfies Record<string, Rule>;

export const differentiable = Object.keys(rules).sort();

/** Operators whose derivative is zero wherever there is one: nothing flows back through them. */
export const flat: ReadonlySet<string> = new Set([
  ...['And', 'ArgMax', 'ArgMin', 'Ceil', 'Equal', 'Floor', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less'],
  ...['LessOrEqual', 'Not', 'OneHot', 'Or', 'Round', 'Shape', 'Sign', 'Size', 'Xor'],
]);

/** The rule of an operator, if it has one. */
export const ruleOf = (opType: string): Rule | undefined =>
  Object.hasOwn(rules, opType) ? rules[opType as keyof typeof rules] : undefined;

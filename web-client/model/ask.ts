import type { Predictor } from '../../core/predictor.ts';
import { type OperationName, operations } from './operations.ts';

/** Asks a predictor, by the table of what a model can be asked, with arguments as a message brings them. */
export function askPredictor(predictor: Predictor, name: OperationName, args: readonly unknown[]): Promise<unknown> {
  const operation = operations[name] as (predictor: Predictor, ...args: readonly unknown[]) => Promise<unknown>;
  return operation(predictor, ...args);
}

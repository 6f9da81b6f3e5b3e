import type { Counterfactual } from '../../core/artefacts/counterfactual/counterfactual.ts';
import { SennError } from '../../core/errors.ts';
import type { Invert } from '../../core/images/prepare.ts';
import type { PredictOptions, Predictor, Traversal } from '../../core/predictor.ts';
import { turningPoint } from '../../core/reasons/turning-point.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type ClassView, classView } from '../../core/views/class-view.ts';
import { decodedInput } from './decoded.ts';

/**
 * What a model can be asked, wherever it runs: this table is called in the worker, and on the page's own thread where there
 * is none. Each runs wholly where the sessions are, so that whoever asks waits for one answer, and computes nothing.
 */

/** What goes to where the model runs: an image file is decoded there. */
export type SentInput = Tensor | Blob;

export interface SentOptions extends PredictOptions {
  readonly invert?: Invert;
}

type Row = (predictor: Predictor, ...args: never[]) => Promise<unknown>;

/** What is computed for the first input of a batch of one. */
async function onlyOf(predictor: Predictor, input: SentInput, { invert, ...options }: SentOptions) {
  const [only, ...others] = await predictor.predict(await decodedInput(input, predictor.manifest, invert), options);
  if (only === undefined || others.length > 0) {
    throw new SennError('shape_mismatch', 'one input is needed, got none or several; predict takes batches');
  }
  return only;
}

export const operations = {
  run: (predictor, ...args: Parameters<Predictor['run']>) => predictor.run(...args),
  forward: (predictor, ...args: Parameters<Predictor['forward']>) => predictor.forward(...args),
  decode: (predictor, ...args: Parameters<Predictor['decode']>) => predictor.decode(...args),
  relevances: (predictor, ...args: Parameters<Predictor['relevances']>) => predictor.relevances(...args),
  intervene: (predictor, ...args: Parameters<Predictor['intervene']>) => predictor.intervene(...args),
  complete: (predictor, ...args: Parameters<Predictor['complete']>) => predictor.complete(...args),
  predict: async (predictor, input: SentInput, { invert, ...options }: SentOptions = {}) =>
    predictor.predict(await decodedInput(input, predictor.manifest, invert), options),
  traverse: async (predictor, input: SentInput, options: SentOptions = {}): Promise<readonly Traversal[]> =>
    (await onlyOf(predictor, input, { ...options, explain: ['traversals'] })).traversals,
  counterfactual: async (
    predictor,
    input: SentInput,
    contrast: string,
    options: SentOptions = {},
  ): Promise<Counterfactual | undefined> =>
    (await onlyOf(predictor, input, { ...options, contrast, explain: ['counterfactual'] })).counterfactual,
  turningPoint: (predictor, ...args: TurningPointArgs) => turningPoint(predictor, ...args),
  classes: async ({ manifest }): Promise<ClassView[]> => manifest.classes.map((label) => classView(manifest, label)),
} satisfies Record<string, Row>;

type TurningPointArgs = Parameters<typeof turningPoint> extends [unknown, ...infer Rest] ? Rest : never;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
export type OperationArgs<Name extends OperationName> =
  Parameters<Operations[Name]> extends [unknown, ...infer Rest] ? Rest : never;

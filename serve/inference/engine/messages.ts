import type { AttributionAnswers } from '../../../core/attributions/answers/schema.ts';
import type { FigureOptions } from '../../../core/figure/panel.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { AnswerOptions } from '../../answers/answer.ts';
import type { SharedBytes } from '../../shared-bytes.ts';
import type { Attributing } from '../attributing.ts';
import type { BatchInput } from '../batch-input.ts';
import type { ErrorMessage } from '../error-message.ts';
import type { TensorName } from '../served-model.ts';

/** What passes between the engine and what runs its batches: an inference thread, or the event loop's own. */

/** What a job asks of its inputs. */
export type Ask = {
  readonly input: BatchInput;
  /** Attributions, where they are asked for: the job then runs alone, on a thread for such. */
  readonly attributing?: Attributing | undefined;
} & (
  | { readonly kind: 'answer'; readonly options: AnswerOptions }
  | { readonly kind: 'figure'; readonly options: FigureOptions }
  | { readonly kind: 'tensors'; readonly names: readonly TensorName[] }
  | { readonly kind: 'attributions' }
);

/** What it gets. */
export type AskOutput =
  /** JSON or SVG: where it lies in the text of the batch, in bytes. */
  | { readonly kind: 'text'; readonly from: number; readonly to: number }
  | { readonly kind: 'tensors'; readonly tensors: Readonly<Record<string, Tensor>> }
  | { readonly kind: 'attributions'; readonly attributions: readonly AttributionAnswers[] };

/** A model as a thread opens it, once: the files of a bundle. */
export interface ModelMessage {
  readonly files: ReadonlyMap<string, SharedBytes>;
  /** Execution providers to try, first choice first. */
  readonly providers: readonly string[];
}

/** To a thread: run these as one batch. Without asks: open the model, and check it against its golden outputs. */
export interface BatchMessage {
  /** Of the model. */
  readonly id: string;
  /** What it is opened from; left out where it should be open, since sending it takes longer than an inference. */
  readonly model?: ModelMessage;
  readonly asks: readonly Ask[];
  /** Ids of the models that are still served; the thread closes any other. */
  readonly live: readonly string[];
}

export type AskResult =
  | { readonly ok: true; readonly output: AskOutput; readonly encode: number }
  | { readonly ok: false; readonly error: ErrorMessage };

/** From a thread, in milliseconds; one result for each ask. */
export type BatchResult =
  | {
      readonly ok: true;
      readonly executionProvider: string;
      /** What h and θ of one input take there. */
      readonly milliseconds: number;
      readonly decode: number;
      readonly compute: number;
      readonly results: readonly AskResult[];
      /** Of all results, in UTF-8: one piece of memory to hand over, and not one for each. */
      readonly text: Uint8Array<ArrayBuffer>;
    }
  | { readonly ok: false; readonly error: ErrorMessage };

/** From a thread that has taken another's place and was not told what the model is. */
export const UNOPENED = 'unopened';
export type BatchReply = BatchResult | typeof UNOPENED;

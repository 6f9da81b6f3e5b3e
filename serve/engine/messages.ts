import type { ErrorCode } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { AnswerOptions } from '../answer.ts';
import type { BatchInput, SharedBytes } from '../batch-input.ts';
import type { FigureOptions } from '../explain/panel.ts';
import type { TensorName } from '../served-model.ts';

/** What passes between the event loop and an inference thread. */

/** What a job asks of its inputs. */
export type Ask =
  | { readonly kind: 'answer'; readonly input: BatchInput; readonly options: AnswerOptions }
  | { readonly kind: 'figure'; readonly input: BatchInput; readonly options: FigureOptions }
  | { readonly kind: 'tensors'; readonly input: BatchInput; readonly names: readonly TensorName[] };

/** What it gets, by the kind of the ask. */
export interface Output {
  /** The elements of the array of predictions, as JSON in UTF-8. */
  readonly answer: Uint8Array;
  /** SVG. */
  readonly figure: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
}
export type AnyOutput = Output[keyof Output];

/** A model as a thread opens it, once: the files of a bundle. */
export interface ModelMessage {
  readonly id: string;
  readonly files: ReadonlyMap<string, SharedBytes>;
  /** Execution providers to try, first choice first. */
  readonly providers: readonly string[];
}

/** To a thread: run these as one batch. Without asks: open the model, and check it against its golden outputs. */
export interface BatchMessage {
  readonly model: ModelMessage;
  readonly asks: readonly Ask[];
  /** Ids of the models that are still served; the thread closes any other. */
  readonly live: readonly string[];
}

/** An error as data: a thrown one would lose its code on the way. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}

export type AskResult =
  | { readonly ok: true; readonly output: AnyOutput; readonly encode: number }
  | { readonly ok: false; readonly error: ErrorMessage };

/** From a thread, in milliseconds; one result for each ask. */
export type BatchResult =
  | {
      readonly ok: true;
      readonly executionProvider: string;
      readonly decode: number;
      readonly compute: number;
      readonly results: readonly AskResult[];
    }
  | { readonly ok: false; readonly error: ErrorMessage };

import type { AttributionAnswers } from '../../../core/attributions/answers/schema.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Gone, JobResult, ServedModel } from '../served-model.ts';
import type { Batchable } from './batcher.ts';
import type { Ask, AskOutput, ModelMessage } from './messages.ts';

/**
 * A job: what one request asks of one model, from the moment it is queued until its part of a batch's answers is read.
 */

/** A model by its id, and what a thread opens it from. */
export interface NamedModel {
  readonly id: string;
  readonly model: ModelMessage;
}

/** A model whose sessions are open. */
export interface JobModel extends NamedModel {
  readonly served: ServedModel;
  /** What one input takes on the event loop's thread; infinite for a model that is not open there. */
  readonly inlineMilliseconds: number;
}

export interface Job extends Batchable {
  readonly model: JobModel;
  readonly ask: Ask;
  /** When it was queued, in milliseconds of `performance.now()`. */
  readonly since: number;
  readonly resolve: (result: JobResult<Output>) => void;
  readonly reject: (error: Error) => void;
}

/** What a job gets out of its batch. */
export interface Output {
  readonly output: AskOutput;
  /** Of the whole batch. */
  readonly text: Uint8Array;
}

/** Queues what a request asks. `signal` says when nobody waits for it any more. @throws what the job fails with */
export type Submit = (model: JobModel, ask: Ask, signal: Gone | undefined) => Promise<JobResult<Output>>;

/** How many jobs wait or run. */
export interface WorkCount {
  jobs: number;
}

/** Bytes of other jobs' answers that an answer may keep in memory while a slow client reads it. */
const KEPT_ALONG = 65_536;

/** This job's slice of the batch's bytes; copied when keeping it would hold more than 64 KiB of other jobs' answers. */
export function bytesOf({ output, text }: Output): Uint8Array {
  if (output.kind !== 'text') return new Uint8Array();
  const part = text.subarray(output.from, output.to);
  return text.buffer.byteLength - part.length > KEPT_ALONG ? new Uint8Array(part) : part;
}

export const stringOf = (output: Output): string => new TextDecoder().decode(bytesOf(output));

export const attributionsOf = ({ output }: Output): readonly AttributionAnswers[] =>
  output.kind === 'attributions' ? output.attributions : [];

export function tensorsOf<Name extends string>({ output }: Output): Record<Name, Tensor> {
  return (output.kind === 'tensors' ? output.tensors : {}) as Record<Name, Tensor>;
}

import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import { isBlackBox } from '../../core/black-box/schema.ts';
import type { FigureOptions } from '../../core/figure/panel.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { AnswerOptions, AskedAttributions } from '../answers/answer.ts';
import type { Catalogue, CatalogueAdmin } from '../models/catalogue.ts';
import type { BatchInput } from './batch-input.ts';

/** What the routes know of models: who made them, and where their sessions live, is the engine's and the registry's. */

/** What of a figure is asked for. */
export type DrawnOptions = Omit<FigureOptions, 'attributions'> & Pick<AnswerOptions, 'attributions'>;

/** What `tensors` can give: of N inputs, K concepts and C classes. */
export const tensorNames = ['concepts', 'relevances', 'contributions', 'logits', 'probabilities'] as const;
export type TensorName = (typeof tensorNames)[number];

/** Those that a model has: a black box has no concepts. */
export const tensorsOf = (manifest: Pick<Manifest, 'kind'>): readonly TensorName[] =>
  isBlackBox(manifest) ? ['logits', 'probabilities'] : tensorNames;

/** Where the milliseconds of a job went. */
export interface JobTimings {
  /** Waiting for a place in a batch, and for a thread. */
  readonly queue: number;
  /** Images into tensors, of the whole batch. */
  readonly decode: number;
  /** ONNX Runtime and the explanation, of the whole batch. */
  readonly compute: number;
  /** JSON, PNG and SVG of this job. */
  readonly encode: number;
}

export interface JobResult<T> {
  readonly value: T;
  readonly timings: JobTimings;
}

/** Of a job: nobody waits for it any more. An `AbortSignal` is one. */
export interface Gone {
  readonly aborted: boolean;
}

/**
 * One version of a model, ready to be asked. Jobs of several requests may run as one batch; none sees the others. A job
 * whose `signal` aborts while it waits is dropped.
 */
export interface ServedModel {
  readonly manifest: Manifest;
  /** `cuda`, `webgpu` or `cpu`: what runs its graphs. */
  readonly executionProvider: string;
  /** `manifest.json` and the files that it lists, as they were when the model was loaded. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * The predictions of `/predict`, as JSON in UTF-8: the elements of the array, with commas and without brackets.
   * @throws invalid_request, invalid_image, inference_failed, unavailable
   */
  answer(input: BatchInput, options: AnswerOptions, signal?: Gone): Promise<JobResult<Uint8Array>>;
  /** The explanations drawn, as SVG. @throws payload_too_large, invalid_request, inference_failed, unavailable */
  figure(input: BatchInput, options: DrawnOptions, signal?: Gone): Promise<JobResult<string>>;
  /**
   * Named tensors: `concepts [N, K]`, `relevances [N, K, C]`, `contributions [N, K, C]`, `logits [N, C]`,
   * `probabilities [N, C]`.
   * @throws inference_failed, unavailable
   */
  tensors<Name extends TensorName>(
    input: BatchInput,
    names: readonly Name[],
    signal?: Gone,
  ): Promise<JobResult<Readonly<Record<Name, Tensor>>>>;
  /**
   * Attributions of the predicted class of each input: `[N]`.
   * @throws invalid_request, unsupported_input, payload_too_large, timeout, inference_failed, unavailable
   */
  attributions(
    input: BatchInput,
    asked: AskedAttributions,
    signal?: Gone,
  ): Promise<JobResult<readonly AttributionAnswers[]>>;
}

/** The models of a server, as routes ask for them. */
export type Models = Catalogue<ServedModel>;
/** Changes to what a server serves. */
export type ModelAdmin = CatalogueAdmin<ServedModel>;

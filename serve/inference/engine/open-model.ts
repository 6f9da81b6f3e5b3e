import type { Manifest } from '../../../core/manifest.ts';
import type { AskedAttributions } from '../../answers/answer.ts';
import type { ModelBundle } from '../../models/bundle.ts';
import { type AttributionLimits, attributingOf, tellGone } from '../attributing.ts';
import type { BatchInput } from '../batch-input.ts';
import type { Gone, JobResult, ServedModel, TensorName } from '../served-model.ts';
import {
  attributionsOf,
  bytesOf,
  type JobModel,
  type NamedModel,
  type Output,
  type Submit,
  stringOf,
  tensorsOf,
  type WorkCount,
} from './job.ts';
import type { Lanes } from './lanes.ts';
import type { Ask, BatchResult } from './messages.ts';
import { LIGHT_JOB, millisecondsBesides } from './placement.ts';

/** Opens models: their sessions on every thread, and what routes ask them by. */

/** A model whose sessions are open. */
export interface OpenModel extends ServedModel {
  /** Of its bundle. */
  readonly id: string;
  /** Its sessions close when what it still runs has ended. It takes no more. */
  retire(): void;
}

export interface OpenerOptions {
  readonly threads: number;
  readonly providers: readonly string[];
  readonly inlineJobs: number;
  readonly lanes: Lanes;
  readonly submit: Submit;
  /** Of all models; each job of an opened one is counted in it. */
  readonly inWork: WorkCount;
  /** Of attributions. */
  readonly limits: AttributionLimits;
}

/** @returns what opens a model */
export function createOpener({ threads, providers, inlineJobs, lanes, submit, inWork, limits }: OpenerOptions) {
  /** On every thread at once, so that the first requests find it open; here too where its jobs can be light. */
  const openEverywhere = async (
    named: NamedModel,
    manifest: Manifest,
  ): Promise<Pick<JobModel, 'inlineMilliseconds'> & Pick<OpenModel, 'executionProvider'>> => {
    const [{ executionProvider, milliseconds }] = (await Promise.all(
      Array.from({ length: threads }, () => lanes.openOn(lanes.onThreads, named)),
    )) as [Extract<BatchResult, { ok: true }>];
    const inlineMilliseconds = milliseconds + millisecondsBesides(manifest);
    const isLight = inlineJobs > 0 && executionProvider === 'cpu' && inlineMilliseconds <= LIGHT_JOB;
    if (isLight) await lanes.openOn(lanes.onEventLoop, named);
    return { executionProvider, inlineMilliseconds: isLight ? inlineMilliseconds : Number.POSITIVE_INFINITY };
  };

  return async ({ id, manifest, files }: ModelBundle): Promise<OpenModel> => {
    const named: NamedModel = { id, model: { files, providers } };
    lanes.hold(id);
    try {
      const { executionProvider, inlineMilliseconds } = await openEverywhere(named, manifest);
      let [pending, retired, released] = [0, false, false];
      /** Once: a request may have found the model before it was retired, and ask it only now. */
      const releaseWhenDone = (): void => {
        if (!retired || released || pending > 0) return;
        released = true;
        lanes.release(id);
      };
      const asked = async <T>(
        ask: Ask,
        signal: Gone | undefined,
        read: (output: Output) => T,
      ): Promise<JobResult<T>> => {
        // What runs on threads of its own says nothing of how busy the others are.
        const counts = ask.attributing === undefined ? 1 : 0;
        const quiet = ask.attributing === undefined ? () => {} : tellGone(ask.attributing, signal);
        pending += 1;
        try {
          const result = submit(model, ask, signal);
          inWork.jobs += counts;
          const { value, timings } = await result;
          return { value: read(value), timings };
        } finally {
          quiet();
          pending -= 1;
          inWork.jobs -= counts;
          releaseWhenDone();
        }
      };
      /** @throws invalid_request, unsupported_input, payload_too_large */
      const attributingBy = (input: BatchInput, asked: AskedAttributions | undefined) =>
        asked === undefined ? {} : { attributing: attributingOf(manifest, asked, input, limits) };
      const served: OpenModel = {
        id,
        manifest,
        files,
        executionProvider,
        answer: async (input, options, signal) => {
          const ask: Ask = { kind: 'answer', input, options, ...attributingBy(input, options.attributions) };
          return asked(ask, signal, bytesOf);
        },
        figure: async (input, options, signal) => {
          const ask: Ask = { kind: 'figure', input, options, ...attributingBy(input, options.attributions) };
          return asked(ask, signal, stringOf);
        },
        attributions: async (input, wanted, signal) =>
          asked({ kind: 'attributions', input, ...attributingBy(input, wanted) }, signal, attributionsOf),
        tensors: <Name extends TensorName>(input: BatchInput, names: readonly Name[], signal?: Gone) =>
          asked({ kind: 'tensors', input, names }, signal, tensorsOf<Name>),
        retire() {
          retired = true;
          releaseWhenDone();
        },
      };
      const model: JobModel = { ...named, served, inlineMilliseconds };
      return served;
    } catch (error) {
      lanes.release(id);
      throw error;
    }
  };
}

import type { Request, Response } from 'express';
import { SennError } from '../../core/errors.ts';
import type { AnswerOptions } from '../answer.ts';
import type { AtOnce } from '../at-once.ts';
import type { BatchInput } from '../batch-input.ts';
import { figurePage } from '../explain/html.ts';
import { renderSvg } from '../explain/render.ts';
import { noteJob } from '../observe/request-notes.ts';
import type { JobTimings, ServedModel } from '../served-model.ts';

/** The forms that a prediction is answered in, by media type; the first is that of a request that does not care. */

export interface Asked {
  readonly model: ServedModel;
  readonly input: BatchInput;
  /** `explain` and `sheet` say what JSON holds; a figure is always whole. */
  readonly options: AnswerOptions;
  /** Drawing waits its turn as decoding does. */
  readonly turn: AtOnce;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

type Send = (asked: Asked, response: Response) => Promise<void>;

const forms = {
  'application/json': async ({ model, input, options, signal }, response) => {
    const { value, timings } = await model.answer(input, options, signal);
    note(response, model, timings);
    response.type('json');
    response.end(Buffer.concat([headOf(model), value, TAIL]));
  },
  'image/png': async ({ model, input, options, turn, signal }, response) => {
    const { value, timings } = await model.figure(input, options, signal);
    note(response, model, timings);
    response.type('image/png').send(await turn(() => renderSvg(value)));
  },
  'text/html': async ({ model, input, options, signal }, response) => {
    const { value, timings } = await model.figure(input, options, signal);
    note(response, model, timings);
    response.type('text/html').send(figurePage(value, model.manifest, model.executionProvider));
  },
} satisfies Record<string, Send>;

/** What stands before and behind the predictions of a `PredictResponse`: those come from the engine as bytes. */
function headOf({ manifest: { name, version }, executionProvider }: ServedModel): Buffer {
  const head = JSON.stringify({ model: name, version, executionProvider });
  return Buffer.from(`${head.slice(0, -1)},"predictions":[`);
}
const TAIL = Buffer.from(']}');

/** For the log, the metrics and the trace, and for the client. */
function note(response: Response, { manifest: { name, version } }: ServedModel, timings: JobTimings): void {
  noteJob(response, { model: name, version, timings });
  response.set('Server-Timing', serverTiming(timings));
}

/** The `Server-Timing` header, in milliseconds. */
function serverTiming(timings: JobTimings): string {
  return Object.entries(timings)
    .map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(2)}`)
    .join(', ');
}

export interface Form {
  readonly isFigure: boolean;
  readonly send: Send;
}

/** The form that the request's `Accept` prefers. @throws not_acceptable */
export function formFor(request: Request): Form {
  const offered = Object.keys(forms) as (keyof typeof forms)[];
  const chosen = request.accepts(offered) as keyof typeof forms | false;
  if (!chosen) {
    const accept = request.get('accept')?.slice(0, 100);
    throw new SennError('not_acceptable', `Accept "${accept}": the answer is given as ${offered.join(', ')}`, {
      accept,
      offered,
    });
  }
  return { isFigure: chosen !== 'application/json', send: forms[chosen] };
}

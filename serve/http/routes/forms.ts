import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerOptions } from '../../answers/answer.ts';
import { figurePage } from '../../answers/html.ts';
import { renderSvg } from '../../answers/render-svg.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { BatchInput } from '../../inference/batch-input.ts';
import type { Gone, JobTimings, ServedModel } from '../../inference/served-model.ts';
import { memoized } from '../../memo.ts';
import { noteJob } from '../../observe/request-notes.ts';
import { preferred } from '../accept.ts';
import { sendBody } from '../response-headers.ts';

/** The forms of `/predict`'s answer, by media type. A request without a preference gets the first. */

export interface Asked {
  readonly model: ServedModel;
  readonly input: BatchInput;
  /** `explain` and `sheet` say what JSON holds; a figure is always whole. */
  readonly options: AnswerOptions;
  /** Runs drawing when its turn comes; shared with decoding. */
  readonly turn: ConcurrencyLimit;
  /** Says when the client has gone. */
  readonly signal: Gone;
}

type Send = (asked: Asked, response: ServerResponse) => Promise<void>;

const forms = {
  'application/json': async ({ model, input, options, signal }, response) => {
    const { value, timings } = await model.answer(input, options, signal);
    send(response, 'application/json; charset=utf-8', [headOf(model), value, TAIL], model, timings);
  },
  'image/png': async ({ model, input, options, turn, signal }, response) => {
    const { value, timings } = await model.figure(input, options, signal);
    send(response, 'image/png', [await turn(() => renderSvg(value))], model, timings);
  },
  'image/svg+xml': async ({ model, input, options, signal }, response) => {
    const { value, timings } = await model.figure(input, options, signal);
    send(response, 'image/svg+xml', [Buffer.from(value)], model, timings);
  },
  'text/html': async ({ model, input, options, signal }, response) => {
    const { value, timings } = await model.figure(input, options, signal);
    const page = figurePage(value, model.manifest, model.executionProvider, options);
    send(response, 'text/html; charset=utf-8', [Buffer.from(page)], model, timings);
  },
} satisfies Record<string, Send>;

/** Sends the answer, and notes where its time went: for the log, the metrics, the trace and the client. */
function send(
  response: ServerResponse,
  type: string,
  body: readonly Uint8Array[],
  { manifest: { name, version } }: ServedModel,
  timings: JobTimings,
): void {
  noteJob(response, { model: name, version, timings });
  sendBody(response, ['Content-Type', type, 'Server-Timing', serverTiming(timings)], body);
}

/**
 * The text of a `PredictResponse` before its predictions, which come from the engine as bytes; `TAIL` is the text
 * behind them. Made once for each model.
 */
function headOf(model: ServedModel): Buffer {
  const found = heads.get(model);
  if (found !== undefined) return found;
  const { manifest, executionProvider } = model;
  const fields = JSON.stringify({ model: manifest.name, version: manifest.version, executionProvider });
  const head = Buffer.from(`${fields.slice(0, -1)},"predictions":[`);
  heads.set(model, head);
  return head;
}
const heads = new WeakMap<ServedModel, Buffer>();
const TAIL = Buffer.from(']}');

/** The `Server-Timing` header, in milliseconds. */
function serverTiming(timings: JobTimings): string {
  const told = (stage: keyof JobTimings): string => `${stage};dur=${timings[stage].toFixed(2)}`;
  return `${told('queue')}, ${told('decode')}, ${told('compute')}, ${told('encode')}`;
}

export interface Form {
  readonly isFigure: boolean;
  readonly send: Send;
}

/** The form that the request's `Accept` prefers. @throws not_acceptable */
export function formFor({ headers: { accept = '*/*' } }: IncomingMessage): Form {
  return formOf(accept);
}

const formOf = memoized((accept): Form => {
  const chosen = preferred(accept, Object.keys(forms) as (keyof typeof forms)[]);
  return { isFigure: chosen !== 'application/json', send: forms[chosen] };
});

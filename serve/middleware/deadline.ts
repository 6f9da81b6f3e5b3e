import type { ServerResponse } from 'node:http';
import { SennError } from '../../core/errors.ts';
import { hasBody } from '../body/bounded.ts';
import type { Step } from '../front.ts';
import { sendError } from './errors.ts';

const CONTROLLER = Symbol('ends the work for an answer');

interface Ending extends ServerResponse {
  [CONTROLLER]?: AbortController;
}

const gone = (): SennError => new SennError('unavailable', 'the client left before its answer');

/** Aborts when nobody waits for the answer any more: the client has gone, or the answer has timed out. */
export function workSignal(response: ServerResponse): AbortSignal {
  const ending = response as Ending;
  if (ending[CONTROLLER] === undefined) {
    const controller = new AbortController();
    ending[CONTROLLER] = controller;
    if (response.closed || response.destroyed) controller.abort(gone());
    else {
      response.once('close', () => {
        if (!response.writableFinished) controller.abort(gone());
      });
    }
  }
  return ending[CONTROLLER].signal;
}

/**
 * Answers with 504 when the answer takes longer than `answerTimeoutMs` from the end of the request, and ends the work
 * for it. The time to receive a request is the HTTP server's own limit.
 */
export function deadline({ answerTimeoutMs }: { readonly answerTimeoutMs: number }): Step {
  return (request, response, next) => {
    let timer: NodeJS.Timeout | undefined;
    const start = (): void => {
      timer ??= setTimeout(() => {
        const late = new SennError('timeout', `server: no answer within ${answerTimeoutMs} ms`, { answerTimeoutMs });
        if (response.headersSent) response.destroy();
        else sendError(late, request, response);
        (response as Ending)[CONTROLLER]?.abort(late);
      }, answerTimeoutMs);
    };
    response.once('close', () => clearTimeout(timer));
    if (hasBody(request) && !request.complete) request.once('end', start);
    else start();
    next();
  };
}

import type { ServerResponse } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Gone } from '../../inference/served-model.ts';
import { hasBody } from '../body/bounded.ts';
import type { Step } from '../step.ts';
import { sendError } from './errors.ts';

/** Ends the work for an answer that nobody waits for any more, and answers in time where the work takes too long. */

const WORK = Symbol('the work for an answer');

/** What an `AbortSignal` would say, without the 16 µs that making one takes: a small prediction has 130. */
interface Work extends Gone {
  aborted: boolean;
}

const OPEN_ENDED = Symbol('an answer that has no deadline');

interface Worked extends ServerResponse {
  [WORK]?: Work;
  [OPEN_ENDED]?: boolean;
}

/** Of an answer that goes on for as long as the client listens, as events do: it has no deadline. */
export function openEnded(response: ServerResponse): void {
  (response as Worked)[OPEN_ENDED] = true;
}

/** Says `aborted` when nobody waits for the answer any more: the client has gone, or the answer has timed out. */
export function workSignal(response: ServerResponse): Gone {
  const worked = response as Worked;
  if (worked[WORK] === undefined) {
    const work: Work = { aborted: response.closed || response.destroyed };
    worked[WORK] = work;
    response.on('close', () => {
      if (!response.writableFinished) work.aborted = true;
    });
  }
  return worked[WORK];
}

/**
 * Answers with 504 when the answer takes longer than `answerTimeoutMs` from the end of the request, and ends the work
 * for it. The times to receive a request, and to read an answer, are the HTTP server's own limits: a large file takes long on
 * a slow line. An answer that was begun and to which nothing is added any more ends.
 */
export function deadline({ answerTimeoutMs }: { readonly answerTimeoutMs: number }): Step {
  return (request, response, next) => {
    let timer: NodeJS.Timeout | undefined;
    let sent = 0;
    const over = (): void => {
      if ((response as Worked)[OPEN_ENDED] === true) return;
      const bytesWritten = response.socket?.bytesWritten ?? 0;
      if (response.headersSent && (response.writableLength > 0 || bytesWritten > sent)) {
        sent = bytesWritten;
        timer = setTimeout(over, answerTimeoutMs);
        return;
      }
      const late = new SennError('timeout', `server: no answer within ${answerTimeoutMs} ms`, { answerTimeoutMs });
      if (response.headersSent) response.destroy();
      else sendError(late, request, response);
      const work = (response as Worked)[WORK];
      if (work !== undefined) work.aborted = true;
    };
    const start = (): void => {
      if (response.closed) return; // answered before the body had come: a timer now would keep the process from ending
      timer ??= setTimeout(over, answerTimeoutMs);
    };
    response.on('close', () => clearTimeout(timer));
    if (hasBody(request) && !request.complete) request.once('end', start);
    else start();
    next();
  };
}

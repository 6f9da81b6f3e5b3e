import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sendError } from './middleware/errors.ts';
import type { Step } from './step.ts';

/**
 * What stands in front of Express. Express changes the prototype of each request and searches all routes for it, which
 * makes a small prediction take three times as long on the event loop (`npm run bench:serve`, one connection). So the
 * stages that every request passes, and `/predict`, are written against node:http alone; all else is Express's.
 */

/**
 * Leads a request through the steps and then to `last`; an error that one of them throws becomes its answer.
 */
export function inFront(
  steps: readonly Step[],
  last: (request: IncomingMessage, response: ServerResponse) => unknown,
): RequestListener {
  return (request, response) => {
    const failed = (error: unknown): void => sendError(error, request, response);
    const go = (i: number): void => {
      try {
        const step = steps[i];
        const done = step === undefined ? last(request, response) : step(request, response, () => go(i + 1));
        if (done instanceof Promise) done.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
    go(0);
  };
}

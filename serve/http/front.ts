import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sendError } from './middleware/errors.ts';
import type { Step } from './step.ts';

/**
 * What stands in front of Express. Express gives each request another prototype and looks for its route among all; with
 * that a small prediction takes three times as long on the event loop. So what every request passes, and `/predict`,
 * are written against node:http alone, and all else is Express's.
 */

/** Where a request goes once it has passed every step; what is thrown becomes its answer. */
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

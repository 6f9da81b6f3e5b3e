import type { IncomingMessage } from 'node:http';
import { SennError, shortened } from '../../../core/errors.ts';
import type { Step } from '../step.ts';

/**
 * Clients with a large body may ask first whether it is wanted (`Expect: 100-continue`). They are told so when somebody
 * begins to read it, and not before: a request that is refused by its headers costs no upload.
 */

const CONTINUE = Symbol('tells the client to send its body');

interface Expecting extends IncomingMessage {
  [CONTINUE]?: (() => void) | undefined;
}

/**
 * What node:http would answer without a body: a request of HTTP/1.1 without `Host`, and one that expects what is unknown.
 * @throws invalid_request, expectation_failed
 */
export const refuseUnmet: Step = ({ headers, httpVersion }, _response, next) => {
  if (headers.host === undefined && httpVersion === '1.1') {
    throw new SennError('invalid_request', 'request: HTTP/1.1 needs a Host header');
  }
  const { expect } = headers;
  if (expect !== undefined && !/^100-continue$/i.test(expect)) {
    throw new SennError('expectation_failed', `Expect: must be 100-continue, got "${shortened(expect, 100)}"`);
  }
  next();
};

/** Keeps how to tell the client of this request that its body is wanted. */
export function onContinue(request: IncomingMessage, tell: () => void): void {
  (request as Expecting)[CONTINUE] = tell;
}

/** To be called by whoever begins to read the body of a request. */
export function askForBody(request: IncomingMessage): void {
  const expecting = request as Expecting;
  expecting[CONTINUE]?.();
  expecting[CONTINUE] = undefined;
}

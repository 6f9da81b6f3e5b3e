import type { IncomingMessage } from 'node:http';

/**
 * Clients with a large body may ask first whether it is wanted (`Expect: 100-continue`). They are told so when somebody
 * begins to read it, and not before: a request that is refused by its headers costs no upload.
 */

const CONTINUE = Symbol('tells the client to send its body');

interface Expecting extends IncomingMessage {
  [CONTINUE]?: (() => void) | undefined;
}

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

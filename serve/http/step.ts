import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * One stage that every request passes before it is answered: it calls `next`, answers, or throws. Written against
 * node:http alone, so that it runs in front of Express (see `inFront`) and as an Express middleware alike.
 */
export type Step = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

import cors from 'cors';
import { settleHeaders } from '../response-headers.ts';
import type { Step } from '../step.ts';

/** What a page of another origin may send and read. Cookies have no part in it: keys come in headers. */
const SHARED = {
  methods: ['GET', 'HEAD', 'POST'],
  allowedHeaders: ['Authorization', 'Content-Type', 'X-API-Key', 'X-Request-Id', 'traceparent', 'tracestate'],
  exposedHeaders: ['ETag', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'Server-Timing', 'X-Request-Id'],
  maxAge: 600,
};

/** Lets pages of these origins call the server; none where there are none. Before what asks for keys: preflights have none. */
export function crossOrigin({ origins }: { readonly origins: readonly string[] }): Step {
  if (origins.length === 0) return (_request, _response, next) => next();
  const share = cors({ ...SHARED, origin: origins.includes('*') ? '*' : [...origins] });
  // it sets its headers one by one, and answers preflights itself
  return (request, response, next) => settleHeaders(request, response, () => share(request, response, next));
}

import cors from 'cors';
import { DECODED_LENGTH } from '../codings.ts';
import { settleHeaders } from '../response-headers.ts';
import type { Step } from '../step.ts';

/** Lets pages of other origins call the server, where the configuration names them (CORS). */

/** What such a page may send and read. No cookies: keys come in headers. */
const SHARED = {
  methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  allowedHeaders: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'Inference-Header-Content-Length',
    'Last-Event-ID',
    'X-API-Key',
    'X-Request-Id',
    'traceparent',
    'tracestate',
  ],
  exposedHeaders: [
    'ETag',
    'Inference-Header-Content-Length',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'Server-Timing',
    DECODED_LENGTH,
    'X-Error-Code',
    'X-Request-Id',
  ],
  maxAge: 600,
};

/** Must stand before what asks for keys: a browser's preflight request brings none. */
export function crossOrigin({ origins }: { readonly origins: readonly string[] }): Step {
  if (origins.length === 0) return (_request, _response, next) => next();
  const share = cors({ ...SHARED, origin: origins.includes('*') ? '*' : [...origins] });
  // the package sets headers one by one, and answers preflights itself
  return (request, response, next) => settleHeaders(request, response, () => share(request, response, next));
}

import { keepHeaders } from '../answer-headers.ts';
import type { Step } from '../front.ts';

/**
 * The page runs WebAssembly, with threads where the browser isolates it (COOP and COEP); nothing else is loaded
 * from anywhere but here.
 */
const headers = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self' data: blob:",
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; '),
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

const list = Object.entries(headers).flat();

export const securityHeaders: Step = (_request, response, next) => {
  keepHeaders(response, list);
  next();
};

import type { ServerResponse } from 'node:http';
import { keepHeaders } from '../response-headers.ts';
import type { Step } from '../step.ts';

/** Every answer's: whatever a browser takes it for, it loads nothing, and only this server's pages may hold it. */
const own = {
  // a figure is a page of its own, with the style and the images that stand in it
  'Content-Security-Policy': [
    "default-src 'none'",
    'img-src data:',
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/**
 * The pages', and of what they load. One runs WebAssembly, with threads where the browser isolates it (COOP and COEP);
 * nothing else is loaded from anywhere but here.
 */
const pages = {
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
} as const;

const list = Object.entries(own).flat();

export const securityHeaders: Step = (_request, response, next) => {
  keepHeaders(response, list);
  next();
};

/** In the place of those that every answer has, for a page and what it loads. */
export function setPageHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(pages)) response.setHeader(name, value);
}

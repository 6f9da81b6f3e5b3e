import type { ServerResponse } from 'node:http';
import { keepHeaders } from '../response-headers.ts';
import type { Step } from '../step.ts';

/** Security headers of answers and of pages. */

/**
 * Of every answer: whatever a browser takes it for, it may load nothing, and only pages of this server may embed it.
 */
const own = {
  // a figure as HTML has its style and its images inside the page
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
 * Of the server's pages and of what they load: nothing comes from another server. The page that runs models needs
 * WebAssembly, with threads, which browsers allow only to a page that is isolated from others (COOP and COEP).
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

/** Replaces the headers of every answer by those of a page, for a page and the files that it loads. */
export function setPageHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(pages)) response.setHeader(name, value);
}

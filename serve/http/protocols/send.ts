import type { ServerResponse } from 'node:http';
import { sendBody } from '../response-headers.ts';

/** Sends the parts as one body, and tells caches not to keep it: how both protocols answer an inference. */
export function sendParts(response: ServerResponse, type: string, parts: readonly (string | Uint8Array)[]): void {
  sendBody(response, ['Content-Type', type, 'Cache-Control', 'no-store'], parts);
}

export const JSON_TYPE = 'application/json; charset=utf-8';

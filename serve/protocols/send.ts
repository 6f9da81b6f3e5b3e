import type { Response } from 'express';

/**
 * Sends the parts one after another as one body, unless the request has been answered, as with a timeout. Neither an
 * ETag nor a copy is made: an answer may be megabytes.
 */
export function sendParts(response: Response, type: string, parts: readonly (string | Uint8Array)[]): void {
  if (response.headersSent) return;
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.status(200).set({ 'Content-Type': type, 'Content-Length': String(length), 'Cache-Control': 'no-store' });
  for (const part of parts) response.write(part);
  response.end();
}

export const JSON_TYPE = 'application/json; charset=utf-8';

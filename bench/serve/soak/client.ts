import { Agent, request } from 'node:http';
import type { Case } from './cases.ts';

/** The HTTP client of the soak: plain `node:http`, because the bytes of every answer are compared. */

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

export interface Client {
  send(of: Pick<Case, 'method' | 'path' | 'headers' | 'body'>): Promise<Answer>;
  close(): void;
}

const TIMEOUT = 30_000;

/** Sends requests over at most so many kept-alive connections. */
export function createClient(url: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const length = method === 'POST' ? { 'Content-Length': body?.length ?? 0 } : {};
        const sent = request(`${url}${path}`, { method, agent, timeout: TIMEOUT, headers: { ...headers, ...length } });
        sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
        sent.once('error', reject);
        sent.once('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const type = response.headers['content-type']?.split(';')[0] ?? '';
            resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks) });
          });
        });
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server behind a slow line, and what went over it. Chromium's own emulation slows the requests of a page, but neither
 * slows nor shows those of its workers.
 */

/** An answer as it went over the line; times in milliseconds since the page began to load. */
export interface Transfer {
  readonly path: string;
  readonly began: number;
  readonly ended: number;
  /** As sent, without the headers. */
  readonly bytes: number;
}

export interface SlowLink {
  readonly url: string;
  /** In the order in which they ended. */
  readonly transfers: readonly Transfer[];
  close(): void;
}

/** @param target the server's address @param rate bytes a second, of all answers together @param latency milliseconds */
export async function startSlowLink(target: string, rate: number, latency: number): Promise<SlowLink> {
  const transfers: Transfer[] = [];
  let line: Promise<unknown> = Promise.resolve();
  const carried = (bytes: number): Promise<unknown> => {
    line = line.then(() => sleep((1000 * bytes) / rate));
    return line;
  };
  const server = createServer((asked, answer) => {
    const began = performance.now();
    const relay = async (source: IncomingMessage): Promise<void> => {
      answer.writeHead(source.statusCode ?? 502, source.headers);
      let bytes = 0;
      for await (const chunk of source as AsyncIterable<Buffer>) {
        await carried(chunk.length);
        bytes += chunk.length;
        answer.write(chunk);
      }
      answer.end();
      transfers.push({ path: new URL(asked.url ?? '/', target).pathname, began, ended: performance.now(), bytes });
    };
    const { method, headers } = asked;
    const onward = request(new URL(asked.url ?? '/', target), { method, headers }, async (source) => {
      await sleep(latency);
      await relay(source).catch(() => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    transfers,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

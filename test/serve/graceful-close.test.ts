import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { gracefulClose } from '../../serve/graceful-close.ts';

describe('gracefulClose', () => {
  const body = Buffer.alloc(8_000_000, 'x');

  async function serving(delayMs: number) {
    const server = createServer((_request, response) => {
      setTimeout(() => response.end(body), delayMs);
    });
    const close = gracefulClose(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { close, port: (server.address() as AddressInfo).port };
  }

  /** Bytes of an answer that its reader takes slowly. */
  const receive = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          response.pause();
          setTimeout(() => response.resume(), 1);
        });
        response.on('end', () => resolve(bytes));
        response.on('error', reject);
      }).on('error', reject);
    });

  it.each([
    ['not yet written', 100],
    ['written, not yet sent', 0],
  ])('lets an answer finish that is %s', async (_, delayMs) => {
    const { close, port } = await serving(delayMs);
    const received = receive(port);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await close(10_000);
    expect(await received).toBe(body.length);
  });

  it('cuts off what is not done by the deadline', async () => {
    const { close, port } = await serving(60_000);
    const received = expect(receive(port)).rejects.toThrow(/hang up|ECONNRESET/);
    await new Promise((resolve) => setTimeout(resolve, 40));
    const started = performance.now();
    await close(100);
    expect(performance.now() - started).toBeLessThan(5000);
    await received;
  });
});

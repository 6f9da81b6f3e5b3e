import { createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { gracefulClose } from '../../../../serve/http/connections/graceful-close.ts';

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

  describe('on a connection that is kept', () => {
    const ask = (n: number) => `GET /${n} HTTP/1.1\r\nHost: here\r\n\r\n`;

    /** All that a server sends until it ends the connection; each answer is the path, some time after it was asked for. */
    async function conversation() {
      const server = createServer(({ url }, response) => void setTimeout(() => response.end(`<${url}>`), 100));
      const close = gracefulClose(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
      let received = '';
      socket.on('data', (text) => {
        received += text;
      });
      const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
      const has = async (text: string) => {
        while (!received.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      return { close, socket, ended, has };
    }

    it('closes it at once where its answers are done', async () => {
      const { close, socket, ended, has } = await conversation();
      socket.write(ask(1));
      await has('</1>');
      socket.write(ask(2));
      await has('</2>');
      const started = performance.now();
      await close(10_000);
      expect(performance.now() - started).toBeLessThan(5000);
      expect(await ended).toMatch(/<\/1>[\s\S]*<\/2>$/);
    });

    it('waits for the one under way after others', async () => {
      const { close, socket, ended, has } = await conversation();
      socket.write(ask(1));
      await has('</1>');
      socket.write(ask(2));
      await new Promise((resolve) => setTimeout(resolve, 40));
      await close(10_000);
      expect(await ended).toMatch(/Connection: close[\s\S]*<\/2>$/);
    });
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

import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpServer, type HttpServerOptions } from '../../../../serve/http/connections/server.ts';
import { sharesMemory } from '../../../../serve/http/connections/unread.ts';
import { inFront } from '../../../../serve/http/front.ts';
import { deadline } from '../../../../serve/http/middleware/deadline.ts';
import { statusOf } from '../../../../serve/observe/request-notes.ts';

/** Clients that ask and do not read what they asked for. */

/** More than the kernel keeps for a connection, on either side. */
const LARGE = Buffer.alloc(32_000_000, 'x');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(listener: RequestListener, options: Partial<HttpServerOptions> = {}): Promise<number> {
  const server = createHttpServer(listener, { requestTimeoutMs: 60_000, ...options });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A client that sends so many requests and reads nothing until it is told to. */
function client(port: number, requests = 1): Socket {
  const socket = connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests));
  return socket;
}

const count = (socket: Socket): (() => number) => {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  return () => bytes;
};

/** Whether each answer was received whole, in the order in which their requests came. */
function outcomes(answer: RequestListener): { readonly listener: RequestListener; readonly whole: boolean[] } {
  const whole: boolean[] = [];
  return {
    whole,
    listener: (request, response) => {
      response.once('close', () => whole.push(statusOf(response) === 200));
      answer(request, response);
    },
  };
}

describe('an answer that nobody reads', () => {
  it('ends its connection, and no other', async () => {
    const { listener, whole } = outcomes((_request, response) => response.end(LARGE));
    const port = await listen(listener, { stallMs: 300 });
    client(port);
    await vi.waitFor(() => expect(whole).toEqual([false]), 5000);
    const reading = client(port);
    const received = count(reading);
    await vi.waitFor(() => expect(received()).toBeGreaterThan(LARGE.length), 10_000);
    expect(whole).toEqual([false, true]);
  });

  it('may be read slowly, past the deadline for answers', async () => {
    const { listener, whole } = outcomes(
      inFront([deadline({ answerTimeoutMs: 400 })], (_request, response) => response.end(LARGE)),
    );
    const socket = client(await listen(listener, { stallMs: 2000 }));
    const received = count(socket);
    const started = performance.now();
    const slower = setInterval(() => (socket.isPaused() ? socket.resume() : socket.pause()), 25);
    socket.on('data', () => socket.pause());
    await vi.waitFor(() => expect(whole).toEqual([true]), 30_000);
    socket.removeAllListeners('data').resume();
    clearInterval(slower);
    expect(performance.now() - started).toBeGreaterThan(800);
    expect(received()).toBeGreaterThan(0);
  });

  it('ends where nothing is added to it any more', async () => {
    const { listener, whole } = outcomes(
      inFront([deadline({ answerTimeoutMs: 100 })], (_request, response) => void response.write('the beginning')),
    );
    client(await listen(listener)).resume();
    await vi.waitFor(() => expect(whole).toEqual([false]), 3000);
  });

  it('leaves a connection open on which the answer is still made', async () => {
    const { listener, whole } = outcomes((_request, response) => void setTimeout(() => response.end('late'), 700));
    const socket = client(await listen(listener, { stallMs: 100 }));
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/late$/);
    expect(whole).toEqual([true]);
  });
});

describe('all answers that nobody reads', () => {
  it('have a bound, beyond which those go that have asked first', async () => {
    const cut: { clients: number; bytes: number }[] = [];
    const { listener, whole } = outcomes((_request, response) => response.end(LARGE));
    const port = await listen(listener, {
      mostBytes: 2.5 * LARGE.length,
      onCutOff: (what) => cut.push(what),
      lookMs: 50,
    });
    for (let i = 0; i < 4; i++) client(port);
    await vi.waitFor(() => expect(whole).toEqual([false, false]), 5000);
    expect(cut.reduce((sum, { clients }) => sum + clients, 0)).toBe(2);
  });

  it('count where their bytes are kept for them alone', async () => {
    const cut = vi.fn();
    const { listener, whole } = outcomes((_request, response) => {
      sharesMemory(response);
      response.end(LARGE);
    });
    const port = await listen(listener, { mostBytes: LARGE.length, onCutOff: cut, lookMs: 20 });
    for (let i = 0; i < 4; i++) client(port);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(cut).not.toHaveBeenCalled();
    expect(whole).toEqual([]);
  });
});

describe('requests that are sent ahead of their answers', () => {
  it('are answered in their order, one at a time', async () => {
    let [working, most] = [0, 0];
    const port = await listen((_request, response) => {
      working += 1;
      most = Math.max(most, working);
      setTimeout(() => {
        working -= 1;
        response.end('x');
      }, 2);
    });
    const received: string[] = [];
    client(port, 50).on('data', (chunk: Buffer) => received.push(chunk.toString()));
    await vi.waitFor(() => expect(received.join('').match(/HTTP\/1.1 200 OK/g)).toHaveLength(50), 5000);
    expect(most).toBe(1);
  });

  it('are not worked for where nobody reads', async () => {
    let answers = 0;
    const port = await listen((_request, response) => {
      answers += 1;
      response.end(LARGE);
    });
    client(port, 500);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answers).toBe(1);
  });

  it('have a bound', async () => {
    const port = await listen(() => {});
    const socket = client(port, 900);
    socket.resume();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(socket.destroyed).toBe(false);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200));
    await once(socket, 'close');
  });
});

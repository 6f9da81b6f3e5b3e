import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../../serve/http/app.ts';
import { createHttpServer } from '../../../../serve/http/connections/server.ts';
import { inFront } from '../../../../serve/http/front.ts';
import { deadline, workSignal } from '../../../../serve/http/middleware/deadline.ts';
import type { Gone } from '../../../../serve/inference/served-model.ts';
import { digitPng, modelPath, openModels, type TestModels } from '../../fixtures.ts';

/** Clients that still send when their answer is there, that ask before they send, and that send no more and wait. */

let models: TestModels;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  models = await openModels([modelPath]);
});
afterAll(async () => {
  for (const close of closing) await close();
  await models.close();
});

async function listen(listener: Parameters<typeof createHttpServer>[0]): Promise<number> {
  const server = createHttpServer(listener, { requestTimeoutMs: 60_000, lingerMs: 2000 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const page = { kind: 'missing', reason: 'No page here.' } as const;
const served = () => listen(createApp({ models, page, logger: pino({ level: 'silent' }) }));

/** All that comes back on a connection, and the error that ended it. */
function conversation(port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  let failed: string | undefined;
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    failed = code;
  });
  const ended = new Promise<string>((resolve) => socket.on('end', () => resolve(received)));
  return { socket, ended, received: () => received, failed: () => failed };
}

const head = (path: string, headers: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

describe('an answer before the body has come', () => {
  it.each([
    ['no route', '/nowhere', ['Content-Length: 8000000'], 404],
    ['a type that is not taken', '/predict', ['Content-Length: 8000000', 'Content-Type: text/plain'], 415],
    ['a body that is too large', '/predict', ['Content-Length: 80000000', 'Content-Type: image/png'], 413],
    ['an unknown model', '/v2/models/nobody/infer', ['Content-Length: 8000000'], 404],
  ])('reaches a client that sends all of it first: %s', async (_, path, headers, status) => {
    const { socket, ended, failed } = conversation(await served());
    socket.write(head(path, headers));
    for (let i = 0; i < 80; i++) {
      await new Promise<void>((resolve) => socket.write(Buffer.alloc(100_000), () => resolve()));
    }
    expect(await ended).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*Connection: close[\\s\\S]*"error"`));
    expect(failed()).toBeUndefined();
    socket.destroy();
  });

  it('does not keep a client that never stops sending', async () => {
    const { socket, ended } = conversation(await served());
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(head('/nowhere', ['Content-Length: 8000000000']));
    await ended;
    const sending = setInterval(() => socket.write('x'), 50);
    await closed;
    clearInterval(sending);
  });

  it('leaves no timer behind', async () => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    const { socket, ended } = conversation(
      await listen(
        inFront([deadline({ answerTimeoutMs: 54_321 })], (_request, response) => {
          response.writeHead(400, { Connection: 'close' }).end();
        }),
      ),
    );
    socket.write(head('/', ['Content-Length: 10']));
    await ended;
    socket.end('0123456789');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(started.mock.calls.some(([, milliseconds]) => milliseconds === 54_321)).toBe(false);
    started.mockRestore();
  });
});

describe('Expect: 100-continue', () => {
  const expecting = ['Expect: 100-continue', 'Connection: close'];

  it('is answered when the body is read', async () => {
    const png = await digitPng(7);
    const { socket, ended, received } = conversation(await served());
    const headers = ['Content-Type: image/png', `Content-Length: ${png.length}`, ...expecting];
    socket.write(head('/predict?explain=none', headers));
    await vi.waitFor(() => expect(received()).toBe('HTTP/1.1 100 Continue\r\n\r\n'));
    socket.write(png);
    expect(await ended).toMatch(/\r\n\r\nHTTP\/1.1 200 OK[\s\S]*"predictions"/);
    socket.destroy();
  });

  it.each([
    ['/nowhere', 'Content-Length: 1000', 404],
    ['/predict', 'Content-Length: 80000000', 413],
    ['/predict?steps=0', 'Content-Length: 1000', 400],
  ])('is not answered where the request is refused: %s, %s', async (path, length, status) => {
    const { socket, ended } = conversation(await served());
    socket.write(head(path, ['Content-Type: image/png', length, ...expecting]));
    expect(await ended).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  });
});

describe('a client that closes its half behind its request', () => {
  it('gets its answer', async () => {
    const png = await digitPng(7);
    const { socket, ended } = conversation(await served());
    socket.end(
      Buffer.concat([
        Buffer.from(head('/predict?explain=none', ['Content-Type: image/png', `Content-Length: ${png.length}`])),
        png,
      ]),
    );
    expect(await ended).toMatch(/HTTP\/1.1 200 OK[\s\S]*"predictions"/);
  });

  it('gets one that takes long', async () => {
    const { socket, ended } = conversation(
      await listen((_request, response) => void setTimeout(() => response.end('late'), 400)),
    );
    socket.end(head('/', []));
    expect(await ended).toMatch(/^(HTTP\/1.1 102 Processing\r\n\r\n)+HTTP\/1.1 200 OK[\s\S]*late/);
  });

  it('is missed when it has gone, and its work ends', async () => {
    let work: Gone | undefined;
    const port = await listen((_request, response) => {
      work = workSignal(response);
    });
    const { socket } = conversation(port);
    socket.write(head('/', []));
    await vi.waitFor(() => expect(work).toBeDefined());
    expect(work?.aborted).toBe(false);
    socket.destroy();
    await vi.waitFor(() => expect(work?.aborted).toBe(true), { timeout: 5000 });
  });
});

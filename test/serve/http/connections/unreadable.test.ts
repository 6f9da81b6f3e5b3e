import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { errorResponseSchema } from '../../../../core/api.ts';
import { createApp } from '../../../../serve/http/app.ts';
import { createHttpServer } from '../../../../serve/http/connections/server.ts';
import { modelsOf } from '../../fixtures.ts';

/** What never reaches a route is answered with the error of ours, too: no HTTP, too much header, too slow, a tunnel. */

const page = { kind: 'missing', reason: 'No page here.' } as const;
const app = createApp({ models: modelsOf([]), page, logger: pino({ level: 'silent' }) });
const server = createHttpServer(app, { requestTimeoutMs: 400, lingerMs: 500 });
const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** All that comes back until the server closes the connection. */
async function answersTo(request: string): Promise<string> {
  const socket = connect({ port: await listening, host: '127.0.0.1' });
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  socket.write(request);
  await new Promise<void>((resolve, reject) => socket.on('end', resolve).on('error', reject));
  socket.destroy();
  return received;
}

const chunked = 'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n';

it.each([
  ['no HTTP', 'HELO there\r\n\r\n', 400, 'invalid_request', /no HTTP/],
  ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request', /no HTTP \(Invalid method/],
  [
    'a header of 20 KiB',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'header_too_large',
    /header/,
  ],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
    'invalid_request',
    /no HTTP/,
  ],
  ['a chunk without a length', `${chunked}zz\r\n`, 400, 'invalid_request', /no HTTP \(Invalid character in chunk size/],
  ['an extension of 20 KiB', `${chunked}1;${'x'.repeat(20_000)}\r\n`, 413, 'payload_too_large', /extensions/],
  ['half a header', 'GET / HTTP/1.1\r\nHost: x\r\n', 408, 'request_timeout', /in time/],
  ['half a body', `${chunked}5\r\nab`, 408, 'request_timeout', /in time/],
  ['nothing', '', 408, 'request_timeout', /in time/],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed', /GET, HEAD, POST/],
  ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid_request', /Host/],
  [
    'an unknown expectation',
    'GET /health HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n',
    417,
    'expectation_failed',
    /"tea"/,
  ],
])('%s', async (_, request, status, code, says) => {
  const [head = '', body = ''] = (await answersTo(request)).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toMatch(/\r\nConnection: close(\r\n|$)/);
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  const { error } = errorResponseSchema.parse(JSON.parse(body));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(says);
});

it('leaves the answer before it alone', async () => {
  const received = await answersTo('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nHELO there\r\n\r\n');
  expect(received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

it('takes HTTP/1.0 without a host', async () => {
  expect(await answersTo('GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
});

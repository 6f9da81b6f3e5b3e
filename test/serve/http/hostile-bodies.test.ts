import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../serve/config/limits.ts';
import { digitPng, formOf, listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

/** Bodies that never end, or whose sender leaves: what they hold of the server must come back. */

/** Room for two bodies without a length. */
const limits = { ...defaultLimits, bytesInWork: 2.5 * (1 << 20), bodyBytes: 1 << 20 };
let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  server = await listening({ models, config: { limits } });
});

afterAll(async () => {
  await server.close();
  await models.close();
});

async function goodStatus(): Promise<number> {
  const response = await fetch(`${server.url}/predict?explain=none`, {
    method: 'POST',
    body: formOf([await digitPng(0)]),
  });
  return response.status;
}

function sender(headers: Record<string, string>): Socket {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /predict HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
  return socket;
}

describe('a client that leaves in the middle of its body', () => {
  it.each([
    ['gzip, image/png', { 'Content-Type': 'image/png', 'Content-Encoding': 'gzip' }],
    ['gzip, JSON', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
    ['image/png', { 'Content-Type': 'image/png' }],
    ['JSON', { 'Content-Type': 'application/json' }],
    ['multipart', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ])('gives its place in work back: %s', async (_, headers) => {
    for (let i = 0; i < 40; i++) {
      const socket = sender({ ...headers, 'Content-Length': '1000' });
      socket.write(Buffer.from([0x1f, 0x8b]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
    }
    await vi.waitFor(async () => expect(await goodStatus()).toBe(200));
  });
});

describe('a body without an end', () => {
  const preamble = Buffer.alloc(1 << 16, 'x');
  it.each([
    ['image/png', 'image/png', ''],
    ['JSON', 'application/json', '{"instances": ["'],
    [
      'a file in the wrong field',
      'multipart/form-data; boundary=B',
      '--B\r\nContent-Disposition: form-data; name="y"; filename="a"\r\n\r\n',
    ],
    [
      'a file',
      'multipart/form-data; boundary=B',
      '--B\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n',
    ],
    ['only a preamble', 'multipart/form-data; boundary=B', ''],
  ])('is refused and read no further: %s', async (_, type, start) => {
    const socket = sender({ 'Content-Type': type, 'Transfer-Encoding': 'chunked' });
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    const chunk = (data: Buffer | string): string | Buffer =>
      Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), Buffer.from(data), Buffer.from('\r\n')]);
    if (start !== '') socket.write(chunk(start));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let sent = 0;
    while (!socket.destroyed && sent < 64 * limits.bodyBytes) {
      sent += preamble.length;
      if (!socket.write(chunk(preamble)))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    socket.destroy();
    expect(sent).toBeLessThan(64 * limits.bodyBytes);
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    await vi.waitFor(async () => expect(await goodStatus()).toBe(200));
  });
});

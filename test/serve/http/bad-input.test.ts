import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorResponseSchema } from '../../../core/api.ts';
import { defaultLimits } from '../../../serve/config/limits.ts';
import {
  digitPng,
  drawnDigit,
  formOf,
  hugePng,
  listening,
  modelPath,
  openModels,
  pngOf,
  type TestModels,
  type TestServer,
} from '../fixtures.ts';

/** Every bad input gets a 4xx that says what was wrong, and the server goes on serving. */

let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  const limits = { ...defaultLimits, bodyBytes: 200_000, instancesPerRequest: 4, pixelsPerRequest: 60_000_000 };
  server = await listening({ models, config: { limits } });
});

afterAll(async () => {
  await server.close();
  await models.close();
});

afterEach(async () => {
  const response = await fetch(`${server.url}/predict?explain=none`, {
    method: 'POST',
    body: formOf([await digitPng(0)]),
  });
  expect(response.status).toBe(200);
});

interface Refusal {
  readonly status: number;
  readonly code: string;
  /** What the message must say. */
  readonly says: RegExp;
}

async function expectRefusal(path: string, init: RequestInit, { status, code, says }: Refusal): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', ...init });
  const text = await response.text();
  const { error } = errorResponseSchema.parse(JSON.parse(text));
  expect({ status: response.status, code: error.code }, text).toEqual({ status, code });
  expect(error.message).toMatch(says);
  expect(text).not.toMatch(/node_modules|\.ts:\d/);
  return response;
}

const json = (body: unknown): RequestInit => ({
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
});

describe('the body', () => {
  const nothing = { status: 400, code: 'missing_input', says: /nothing to predict.*"image"/ };

  it('is missing', async () => {
    await expectRefusal('/predict', {}, nothing);
    await expectRefusal('/predict', { body: formOf([]) }, nothing);
    await expectRefusal('/predict', { body: '', headers: { 'Content-Type': 'image/png' } }, nothing);
  });

  it('is a text file named .png', async () => {
    const refusal = { status: 415, code: 'unsupported_media_type', says: /image 0 \("digit-0.png"\).*image\/png/ };
    await expectRefusal('/predict', { body: formOf(['this is no image']) }, refusal);
  });

  it('is a PNG of 20,000 × 20,000 pixels', async () => {
    const refusal = { status: 413, code: 'image_too_large', says: /20000 × 20000.*at most 50000000/ };
    await expectRefusal('/predict', { body: formOf([hugePng()]) }, refusal);
  });

  it('is a PNG of 40,000 rows of one pixel', async () => {
    const refusal = { status: 413, code: 'image_too_large', says: /1 × 40000 pixels; at most 32768.* of each side/ };
    const png = pngOf(1, 40_000, deflateSync(new Uint8Array(80_000)));
    await expectRefusal('/predict', { body: formOf([png]) }, refusal);
    const wide = pngOf(40_000, 1, deflateSync(new Uint8Array(40_001)));
    await expectRefusal('/predict', { body: formOf([wide]) }, { ...refusal, says: /40000 × 1 pixels/ });
  });

  it('is a truncated JPEG', async () => {
    const jpeg = await (await drawnDigit(0)).jpeg().toBuffer();
    const refusal = { status: 400, code: 'invalid_image', says: /cannot be decoded/ };
    await expectRefusal('/predict', { body: formOf([jpeg.subarray(0, jpeg.length / 2)]) }, refusal);
  });

  it('has one bad image among good ones', async () => {
    const refusal = { status: 415, code: 'unsupported_media_type', says: /image 1 / };
    await expectRefusal('/predict', { body: formOf([await digitPng(0), 'no image']) }, refusal);
  });

  it('is in the wrong field', async () => {
    const refusal = { status: 400, code: 'invalid_request', says: /unexpected field "file".*"image"/ };
    await expectRefusal('/predict', { body: formOf([await digitPng(0)], 'file') }, refusal);
  });

  it('has text where the file should be', async () => {
    const form = new FormData();
    form.append('image', 'digit.png');
    await expectRefusal('/predict', { body: form }, { status: 400, code: 'invalid_request', says: /text fields/ });
  });

  it('is a form cut short', async () => {
    const body = '--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nabc';
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    await expectRefusal('/predict', { body, headers }, { status: 400, code: 'invalid_request', says: /end of form/ });
  });

  it('is a form without a boundary', async () => {
    const headers = { 'Content-Type': 'multipart/form-data' };
    await expectRefusal(
      '/predict',
      { body: 'x', headers },
      { status: 400, code: 'invalid_request', says: /[Bb]oundary/ },
    );
  });

  it('holds too many images', async () => {
    const png = await digitPng(0);
    const refusal = { status: 413, code: 'payload_too_large', says: /more files/ };
    await expectRefusal('/predict', { body: formOf(Array(5).fill(png)) }, refusal);
    const instances = Array(5).fill({ image: png.toString('base64') });
    await expectRefusal('/predict', json({ instances }), { ...refusal, says: /5 instances; at most 4/ });
  });

  it('is too large, declared or not', async () => {
    const refusal = { status: 413, code: 'payload_too_large', says: /at most 200000|more than 200000/ };
    const large = Buffer.alloc(150_000);
    await expectRefusal('/predict', { body: formOf([large, large]) }, refusal);
    const form = new Request(server.url, { method: 'POST', body: formOf([large, large]) });
    const streamed = { body: form.body, duplex: 'half', headers: Object.fromEntries(form.headers) };
    await expectRefusal('/predict', streamed as RequestInit, refusal);
  });

  it('is of a type that is not taken', async () => {
    const refusal = { status: 415, code: 'unsupported_media_type', says: /"text\/plain.*multipart\/form-data/ };
    await expectRefusal('/predict', { body: 'hello' }, refusal);
  });

  it('is wrong JSON', async () => {
    await expectRefusal('/predict', json('{"instances": ['), { status: 400, code: 'invalid_json', says: /JSON/ });
    const invalid = { status: 400, code: 'invalid_request' };
    await expectRefusal('/predict', json({}), { ...invalid, says: /instances/ });
    await expectRefusal('/predict', json({ instances: [] }), { ...invalid, says: /instances/ });
    await expectRefusal('/predict', json({ instances: [{ image: '%%' }] }), {
      ...invalid,
      says: /instances\.0\.image/,
    });
    await expectRefusal('/predict', json({ instances: [{ picture: 'x' }] }), { ...invalid, says: /"image"/ });
  });

  it('holds images whose headers promise too many pixels together', async () => {
    const large = hugePng(6_000);
    const refusal = { status: 413, code: 'image_too_large', says: /2 images of 72000000 pixels; at most 60000000/ };
    await expectRefusal('/predict', { body: formOf([large, large]) }, refusal);
  });

  it('holds more wrong things than an answer has room for', async () => {
    const tooMany = { status: 413, code: 'payload_too_large' };
    await expectRefusal('/predict', json({ instances: Array(4_000).fill(1) }), {
      ...tooMany,
      says: /4000 instances; at most 4/,
    });
    const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 1]));
    await expectRefusal('/predict', json({ instances: [{ features: named(4_100) }] }), {
      ...tooMany,
      says: /4100 features; at most 4096/,
    });
    const keys = { instances: [{ image: '' }], ...named(4_000) };
    const invalid = { status: 400, code: 'invalid_request', says: /Unrecognized keys/ };
    for (const response of [
      await expectRefusal('/predict', json(keys), invalid),
      await expectRefusal('/predict', json({ instances: [], ['k'.repeat(150_000)]: 1 }), { ...invalid, says: /…/ }),
    ]) {
      expect(Number(response.headers.get('Content-Length'))).toBeLessThan(2_000);
    }
  });

  it('is features for a model of images', async () => {
    const refusal = { status: 422, code: 'unsupported_input', says: /takes image, got features/ };
    await expectRefusal('/predict', json({ instances: [{ features: { age: 3 } }] }), refusal);
  });
});

describe('the query', () => {
  it.each([
    ['steps=-1', 400, 'invalid_request', /steps/],
    ['steps=0', 400, 'invalid_request', /steps/],
    ['steps=26', 400, 'invalid_request', /steps.*25/],
    ['steps=two', 400, 'invalid_request', /steps: must be a whole number/],
    ['steps=', 400, 'invalid_request', /steps/],
    ['steps=3&steps=4', 400, 'invalid_request', /steps/],
    ['explain=everything', 400, 'invalid_request', /explain.*none.*concepts/],
    ['contrast=ten', 400, 'invalid_request', /contrast "ten".*choose 0, 1/],
    ['sheet=yes', 400, 'invalid_request', /sheet/],
    ['invert=maybe', 400, 'invalid_request', /invert/],
    ['stpes=3', 400, 'invalid_request', /stpes/],
    ['model=mnits', 404, 'unknown_model', /"mnits"; choose .*mnist-disenn/],
  ] as const)('%s', async (query, status, code, says) => {
    await expectRefusal(`/predict?${query}`, { body: formOf([await digitPng(0)]) }, { status, code, says });
  });
});

describe('the route', () => {
  it('is unknown', async () => {
    await expectRefusal('/explain', {}, { status: 404, code: 'not_found', says: /POST \/explain/ });
  });

  it('takes another method', async () => {
    const refusal = { status: 405, code: 'method_not_allowed' };
    const response = await expectRefusal('/predict', { method: 'GET' }, { ...refusal, says: /takes POST, not GET/ });
    expect(response.headers.get('Allow')).toBe('POST');
    for (const path of ['/', '/health', '/models', '/models/mnist-disenn/manifest.json']) {
      const wrong = await expectRefusal(path, {}, { ...refusal, says: /takes GET, HEAD, not POST/ });
      expect(wrong.headers.get('Allow')).toBe('GET, HEAD');
    }
  });

  it('cannot be decoded', async () => {
    const refusal = { status: 400, code: 'invalid_request', says: /decode/ };
    await expectRefusal('/models/%E0%A4%A/manifest.json', { method: 'GET' }, refusal);
  });
});

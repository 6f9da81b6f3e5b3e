import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import { tensorNames } from '../../../../serve/inference/served-model.ts';
import { listenOn, modelPath, openModels, type TestModels, type TestServer } from '../../fixtures.ts';
import { goldenOf, protocolApp, send } from './server.ts';

/** Whatever is sent is answered, by 200 or by a 4xx that says why, and a good request after it is answered right. */

const RUNS = 500;
const limits = { ...defaultLimits, bodyBytes: 1 << 16, instancesPerRequest: 4 };
let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  server = await listenOn(protocolApp({ models, limits }));
});

afterAll(async () => {
  await server.close();
  await models.close();
});

const [first] = [goldenOf('mnist-disenn')('input')];
const good = { name: 'input', shape: [1, 1, 28, 28], datatype: 'FP32', data: Array.from(first.data.subarray(0, 784)) };

/** A good value, or at times anything in its place. */
const mostly = <T>(value: T, ...others: fc.Arbitrary<unknown>[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<unknown>(value) },
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );

const dimension = fc.oneof(fc.integer({ min: -2, max: 30 }), fc.maxSafeInteger(), fc.double(), fc.constant(null));
const parameters = fc.dictionary(
  fc.constantFrom('binary_data_size', 'binary_data', 'binary_data_output', 'classification', '__proto__', 'x'),
  fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(3136)),
);

const inferBody = fc.record(
  {
    id: mostly('1', fc.anything({ maxDepth: 2 })),
    parameters: mostly({}, parameters, fc.jsonValue()),
    inputs: mostly(
      [good],
      fc.jsonValue(),
      fc.array(
        fc.record(
          {
            name: mostly('input', fc.string()),
            shape: mostly(good.shape, fc.array(dimension, { maxLength: 6 }), fc.jsonValue()),
            datatype: mostly('FP32', fc.constantFrom('FP64', 'BYTES', 'INT8'), fc.jsonValue()),
            parameters: mostly({}, parameters, fc.jsonValue()),
            data: mostly(good.data, fc.jsonValue(), fc.array(fc.array(fc.double()))),
          },
          { requiredKeys: ['name'] },
        ),
        { maxLength: 3 },
      ),
    ),
    outputs: fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ name: fc.constantFrom(...tensorNames, 'y'), parameters }, { requiredKeys: ['name'] })),
    ),
  },
  { requiredKeys: ['inputs'] },
);

const instance = fc.oneof(
  fc.jsonValue(),
  fc.constant([Array(28).fill(Array(28).fill(0))]),
  fc.record({ b64: fc.base64String() }),
  fc.record({ image: fc.oneof(fc.base64String(), fc.record({ b64: fc.base64String() })) }),
  fc.dictionary(fc.constantFrom('features', 'input', '__proto__', 'image'), fc.jsonValue()),
);
const v1Body = fc.record(
  {
    instances: fc.oneof(fc.array(instance, { maxLength: 6 }), fc.jsonValue()),
    inputs: fc.oneof(fc.array(instance), fc.dictionary(fc.string(), fc.array(fc.jsonValue())), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

const asText = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? 0 : part)) ?? '';

async function check(path: string, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<number> {
  const { status, json, body: answer } = await send(server, 'POST', path, body, headers);
  const told = answer.subarray(0, 300).toString();
  if (status !== 200) {
    expect([400, 404, 413, 415, 422], told).toContain(status);
    expect(json(), told).toEqual({ error: expect.stringMatching(/^.{1,4000}$/s) });
  }
  return status;
}

it('fuzzed inference requests, with bytes behind them', { timeout: 300_000 }, async () => {
  const seen = new Set<number>();
  const header = fc.oneof(
    fc.constant('exact'),
    fc.integer({ min: -1, max: 5000 }).map(String),
    fc.stringMatching(/^[ -~]{0,8}$/),
  );
  await fc.assert(
    fc.asyncProperty(inferBody, fc.uint8Array({ maxLength: 64 }), header, async (body, bytes, length) => {
      const json = Buffer.from(asText(body));
      const headers = { 'Inference-Header-Content-Length': length === 'exact' ? String(json.length) : length };
      seen.add(
        await check('/v2/models/mnist-disenn/infer', Buffer.concat([json, bytes]), bytes.length > 0 ? headers : {}),
      );
    }),
    { numRuns: RUNS, seed: 1 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([200, 400]));
});

it('fuzzed requests of the first version', { timeout: 300_000 }, async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(v1Body, fc.constantFrom('predict', 'explain?steps=2'), async (body, verb) => {
      seen.add(await check(`/v1/models/mnist-disenn:${verb}`, asText(body)));
    }),
    { numRuns: RUNS, seed: 2 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([400]));
});

it('fuzzed bytes', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('/v1/models/mnist-disenn:predict', '/v2/models/mnist-disenn/infer'),
      async (bytes, path) => {
        expect(await check(path, bytes)).toBeGreaterThanOrEqual(400);
      },
    ),
    { numRuns: 200, seed: 3 },
  );
  expect(await check('/v1/models/mnist-disenn:predict', '['.repeat(60_000))).toBe(400);
  const deep = `{"inputs":[{"name":"input","shape":[1,1,28,28],"datatype":"FP32","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}`;
  expect(await check('/v2/models/mnist-disenn/infer', deep)).toBe(400);
  expect(await check('/v2/models/mnist-disenn/infer', JSON.stringify({ inputs: [good] }))).toBe(200);
});

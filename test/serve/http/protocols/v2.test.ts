import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import { inferResponseSchema, modelMetadataSchema } from '../../../../serve/http/protocols/v2/schema.ts';
import type { Models } from '../../../../serve/inference/served-model.ts';
import { expectClose } from '../../../helpers/close.ts';
import {
  listenOn,
  modelPath,
  modelsDirectory,
  modelsOf,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';
import { type Answer, bytesOf, goldenOf, nested, protocolApp, send } from './server.ts';

/**
 * The Open Inference Protocol with Triton's binary tensors:
 * https://github.com/kserve/kserve/blob/master/docs/predict-api/v2/required_api.md,
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */

const limits = { ...defaultLimits, bodyBytes: 1 << 20, instancesPerRequest: 8 };
let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath, join(modelsDirectory, 'compas-senn')]);
  server = await listenOn(protocolApp({ models, limits }));
});

afterAll(async () => {
  await server.close();
  await models.close();
});

const image = goldenOf('mnist-disenn');
const table = goldenOf('compas-senn');
const [N = 0, F = 0] = table('input').shape;
const tolerance = { absolute: 1e-4, relative: 1e-4 };

const infer = (body: unknown, headers: Record<string, string> = {}, model = 'compas-senn'): Promise<Answer> => {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return send(server, 'POST', `/v2/models/${model}/infer`, bytes, headers);
};

/** As `InferResult` of tritonclient reads an answer: JSON of the header's length, then the tensors one by one. */
function tensorsOf({ status, headers, body }: Answer) {
  expect(status, body.toString()).toBe(200);
  const length = headers['inference-header-content-length'];
  const json = inferResponseSchema.parse(JSON.parse(body.subarray(0, length ? Number(length) : undefined).toString()));
  let at = Number(length);
  const tensors = json.outputs.map(({ name, shape, data, parameters }) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return [name, { shape, data: Float32Array.from(data as number[]) }] as const;
    const bytes = new Uint8Array(body.subarray(at, at + size));
    at += size;
    return [name, { shape, data: new Float32Array(bytes.buffer) }] as const;
  });
  if (length !== undefined) expect(at).toBe(body.length);
  return { json, tensors: Object.fromEntries(tensors) };
}

describe('health and metadata', () => {
  it('say what runs', async () => {
    const of = async (path: string) => {
      const { status, json } = await send(server, 'GET', path);
      return [status, json()];
    };
    expect(await of('/v2')).toEqual([200, { name: 'senn-onnx', version: '1.2.3', extensions: ['binary_tensor_data'] }]);
    expect(await of('/v2/')).toEqual(await of('/v2'));
    expect(await of('/v2/health/live')).toEqual([200, { live: true }]);
    expect(await of('/v2/health/ready')).toEqual([200, { ready: true }]);
    expect(await of('/v2/models/compas-senn/ready')).toEqual([200, { name: 'compas-senn', ready: true }]);
    expect(await of('/v2/models/nobody/ready')).toEqual([404, { error: expect.stringContaining('nobody') }]);
  });

  it('describe tensors by the names of the Triton ensemble, in the shapes that infer answers with', async () => {
    for (const [name, golden] of [
      ['mnist-disenn', image],
      ['compas-senn', table],
    ] as const) {
      const metadata = modelMetadataSchema.parse((await send(server, 'GET', `/v2/models/${name}`)).json());
      expect(metadata).toMatchObject({ name, versions: ['1'], platform: 'onnxruntime_onnx' });
      const { shape, data } = golden('input');
      expect(metadata.inputs).toEqual([{ name: 'input', datatype: 'FP32', shape: [-1, ...shape.slice(1)] }]);
      const input = { name: 'input', shape, datatype: 'FP32', data: Array.from(data) };
      const { json } = tensorsOf(await infer({ inputs: [input] }, {}, name));
      expect(json.outputs.map((output) => ({ ...output, shape: [-1, ...output.shape.slice(1)], data: 0 }))).toEqual(
        metadata.outputs.map((output) => ({ ...output, data: 0 })),
      );
      expect(metadata.outputs.map((output) => output.name)).toEqual([
        'concepts',
        'relevances',
        'contributions',
        'logits',
        'probabilities',
      ]);
    }
  });

  it('a server that is not ready answers 400, and lives on', async () => {
    const closing = await listenOn(protocolApp({ models, ready: () => false }));
    const statuses = await Promise.all(
      ['ready', 'live'].map(async (path) => (await send(closing, 'GET', `/v2/health/${path}`)).status),
    );
    const model = await send(closing, 'GET', '/v2/models/compas-senn/ready');
    await closing.close();
    expect([...statuses, model.status]).toEqual([400, 200, 400]);
  });

  it('find a version of a name with dots, dashes and percent signs in the path', async () => {
    const [base] = models.all();
    if (base === undefined) throw new Error('no model');
    const odd = { ...base, manifest: { ...base.manifest, name: 'a.b-c_1', version: '2.0-rc.1' } };
    const asked: (string | undefined)[] = [];
    const spied: Models = {
      ...modelsOf([odd]),
      named: (name, version) => {
        asked.push(name, version);
        return modelsOf([odd]).named(name);
      },
    };
    const other = await listenOn(protocolApp({ models: spied }));
    const path = '/v2/models/a%2Eb-c_1/versions/2.0%2Drc.1';
    const { status, json } = await send(other, 'GET', path);
    const ready = await send(other, 'GET', `${path}/ready`);
    await send(other, 'GET', '/v2/models/..%2F..%2Fetc');
    await other.close();
    expect([status, json(), ready.status]).toMatchObject([200, { name: 'a.b-c_1', versions: ['2.0-rc.1'] }, 200]);
    expect(asked).toEqual(['a.b-c_1', '2.0-rc.1', 'a.b-c_1', '2.0-rc.1', '../../etc', undefined]);
  });
});

describe('infer, in JSON', () => {
  it('is the request of the protocol’s text: an id, a flat tensor, one output', async () => {
    const request = {
      id: '42',
      inputs: [{ name: 'input', shape: [N, F], datatype: 'FP32', data: Array.from(table('input').data) }],
      outputs: [{ name: 'logits' }],
    };
    const answer = await infer(request, { 'Content-Type': 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { json, tensors } = tensorsOf(answer);
    expect(json).toMatchObject({ model_name: 'compas-senn', model_version: '1', id: '42' });
    expect(Object.keys(tensors)).toEqual(['logits']);
    expectClose(tensors['logits']?.data ?? [], table('logits').data, tolerance);
  });

  it('takes a tensor nested as its shape', async () => {
    const input = { name: 'input', shape: image('input').shape, datatype: 'FP32', data: nested(image('input')) };
    const { tensors, json } = tensorsOf(await infer({ inputs: [input] }, {}, 'mnist-disenn'));
    expect(json).not.toHaveProperty('id');
    expectClose(tensors['logits']?.data ?? [], image('logits').data, tolerance);
    expectClose(tensors['relevances']?.data ?? [], image('relevances').data, tolerance);
  });

  /** `InferRequest.to_rest` of https://github.com/kserve/kserve/blob/master/python/kserve/kserve/protocol/infer_type.py */
  it('takes what KServe’s client sends, which names the model and leaves parameters of its own', async () => {
    const data = JSON.stringify(Array.from(table('input').data));
    const body = `{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","model_name":"compas-senn","inputs":[{"name":"input","shape":[${N},${F}],"datatype":"FP32","parameters":{"content_type":"np"},"data":${data}}],"outputs":[{"name":"probabilities","parameters":{"binary_data":false}}],"parameters":{"test-str":"dummy","test-bool":true,"test-int":100}}`;
    const { json, tensors } = tensorsOf(await infer(body));
    expect(json.id).toBe('0f8fad5b-d9cb-469f-a165-70867728950e');
    expect(tensors['probabilities']?.shape).toEqual([N, 2]);
  });

  it('gives contributions that sum to the logits', async () => {
    const input = { name: 'input', shape: [N, F], datatype: 'FP32', data: nested(table('input')) };
    const { tensors } = tensorsOf(await infer({ inputs: [input] }));
    const rows = nested(tensors['contributions'] as never) as number[][][];
    const sums = rows.map((row) => [0, 1].map((c) => row.reduce((sum, k) => sum + (k[c] as number), 0)));
    expectClose(sums, nested(tensors['logits'] as never) as number[][], { absolute: 1e-4 });
  });
});

describe('infer, in binary', () => {
  /**
   * `_get_inference_request` and `InferInput.set_data_from_numpy` of
   * https://github.com/triton-inference-server/client/blob/main/src/python/library/tritonclient/http: rapidjson's bytes, no
   * Content-Type, and without outputs `binary_data_output`.
   */
  function tritonRequest(tensor: { shape: readonly number[]; data: Float32Array }, rest = '') {
    const size = tensor.data.byteLength;
    const json = `{"id":"1","inputs":[{"name":"input","shape":[${tensor.shape}],"datatype":"FP32","parameters":{"binary_data_size":${size}}}]${rest}}`;
    return {
      body: Buffer.concat([Buffer.from(json), bytesOf(tensor)]),
      headers: { 'Inference-Header-Content-Length': String(json.length) },
    };
  }

  it('takes what tritonclient sends without outputs, and answers all of them in binary', async () => {
    for (const [name, golden] of [
      ['mnist-disenn', image],
      ['compas-senn', table],
    ] as const) {
      const { body, headers } = tritonRequest(golden('input'), ',"parameters":{"binary_data_output":true}');
      const answer = await infer(body, headers, name);
      expect(answer.headers['content-type']).toBe('application/octet-stream');
      expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
      const { json, tensors } = tensorsOf(answer);
      expect(json.outputs.every(({ data, parameters }) => data === undefined && parameters !== undefined)).toBe(true);
      for (const output of ['concepts', 'relevances', 'logits']) {
        expect(tensors[output]?.shape).toEqual(golden(output).shape);
        expectClose(tensors[output]?.data ?? [], golden(output).data, tolerance);
      }
    }
  });

  it('takes what it sends with outputs, some of them in binary, in the order that they are asked for', async () => {
    const outputs =
      ',"outputs":[{"name":"probabilities","parameters":{"binary_data":true}},{"name":"logits","parameters":{"binary_data":false}},{"name":"concepts","parameters":{"binary_data":true}}]';
    const { body, headers } = tritonRequest(table('input'), outputs);
    const { json, tensors } = tensorsOf(await infer(body, headers, 'compas-senn/versions/1'));
    expect(json.outputs.map(({ name, data }) => [name, data === undefined])).toEqual([
      ['probabilities', true],
      ['logits', false],
      ['concepts', true],
    ]);
    expectClose(tensors['concepts']?.data ?? [], table('concepts').data, tolerance);
  });

  it('is little-endian, and of any length of JSON before it', async () => {
    for (const id of ['a', 'ab', 'abc', 'abcd']) {
      const json = JSON.stringify({
        id,
        inputs: [{ name: 'input', shape: [1, F], datatype: 'FP32', parameters: { binary_data_size: 4 * F } }],
        outputs: [{ name: 'logits' }],
      });
      const floats = Buffer.alloc(4 * F);
      for (let f = 0; f < F; f++) floats.writeFloatLE(table('input').data[f] as number, 4 * f);
      const body = Buffer.concat([Buffer.from(json), floats]);
      const headers = { 'Inference-Header-Content-Length': String(json.length) };
      const { tensors } = tensorsOf(await infer(body, headers));
      expectClose(tensors['logits']?.data ?? [], table('logits').data.subarray(0, 2), tolerance);
    }
  });

  const binary = (size: unknown, bytes: number, length?: string, shape: unknown = [1, F]) => {
    const json = JSON.stringify({
      inputs: [{ name: 'input', shape, datatype: 'FP32', parameters: { binary_data_size: size } }],
    });
    return infer(Buffer.concat([Buffer.from(json), Buffer.alloc(bytes)]), {
      'Inference-Header-Content-Length': length ?? String(json.length),
    });
  };

  it.each([
    ['truncated', () => binary(4 * F, 4 * F - 1), /unexpected size for input 'input'.*takes 44 bytes.*43 follow/],
    ['too long', () => binary(4 * F, 4 * F + 1), /unexpected size/],
    ['of another size than its shape', () => binary(4 * F + 4, 4 * F + 4), /takes 44 bytes/],
    ['of an odd size', () => binary(4 * F - 1, 4 * F - 1), /unexpected size/],
    ['of a size that is a text', () => binary(String(4 * F), 4 * F), /binary_data_size says "44"/],
    ['of a negative size', () => binary(-4, 4 * F), /unexpected size/],
    ['of a huge shape', () => binary(4 * F, 4 * F, undefined, [2 ** 40, F]), /at most 8/],
    ['of a shape that overflows', () => binary(4 * F, 4 * F, undefined, [1, F, 2 ** 53, 2 ** 53]), /shape/],
    ['of a negative shape', () => binary(4 * F, 4 * F, undefined, [-1, F]), /shape/],
    ['of an empty batch', () => binary(0, 0, undefined, [0, F]), /Expected \[-1,11\], got \[0,11\]/],
    ['behind a header longer than the body', () => binary(4 * F, 4 * F, '99999'), /Inference-Header-Content-Length/],
    ['behind a negative header', () => binary(4 * F, 4 * F, '-1'), /Inference-Header-Content-Length/],
    ['behind a header that is no number', () => binary(4 * F, 4 * F, '1e2'), /Inference-Header-Content-Length/],
    ['behind a header that cuts the JSON', () => binary(4 * F, 4 * F, '20'), /^body: /],
    ['behind an empty header', () => binary(4 * F, 4 * F, '0'), /^body: /],
  ])('refused: %s', async (_, ask, says) => {
    const answer = await ask();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json()).toEqual({ error: expect.stringMatching(says) });
  });

  it('refused: numbers that are not finite, or no image', async () => {
    const bad = Float32Array.from(table('input').data.subarray(0, F));
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      bad[3] = value;
      const { body, headers } = tritonRequest({ shape: [1, F], data: bad });
      const answer = await infer(body, headers);
      expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringMatching(/value 3 of input 0/) }]);
    }
    const { body, headers } = tritonRequest({ shape: [1, 1, 28, 28], data: new Float32Array(784).fill(255) });
    const answer = await infer(body, headers, 'mnist-disenn');
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringContaining('in [0, 1]') }]);
  });
});

describe('refused', () => {
  const data = Array(F).fill(0);
  const input = { name: 'input', shape: [1, F], datatype: 'FP32', data };
  it.each([
    ['nothing', '', /must be an inference request/],
    ['no JSON', '{"inputs":', /^body: /],
    ['no inputs', {}, /inputs/],
    ['two inputs', { inputs: [input, input] }, /expected 1 inputs but got 2 inputs for model 'compas-senn'/],
    ['an input of another name', { inputs: [{ ...input, name: 'x' }] }, /unexpected inference input 'x' for model/],
    [
      'FP64',
      { inputs: [{ ...input, datatype: 'FP64' }] },
      /data-type is 'FP64', model expects 'FP32' for 'compas-senn'/,
    ],
    ['UINT8', { inputs: [{ ...input, datatype: 'UINT8' }] }, /'UINT8'/],
    ['a shape without a batch', { inputs: [{ ...input, shape: [F] }] }, /Expected \[-1,11\], got \[11\]/],
    ['a fraction in the shape', { inputs: [{ ...input, shape: [1.5, F] }] }, /shape/],
    ['too few numbers', { inputs: [{ ...input, data: [1] }] }, /inputs\.0\.data/],
    ['too many numbers', { inputs: [{ ...input, data: [...data, 1] }] }, /inputs\.0\.data/],
    ['a number as text', { inputs: [{ ...input, data: ['1', ...data.slice(1)] }] }, /inputs\.0\.data/],
    ['no data', { inputs: [{ ...input, data: undefined }] }, /data or binary_data_size/],
    ['data twice', { inputs: [{ ...input, parameters: { binary_data_size: 44 } }] }, /got both/],
    ['an unknown output', { inputs: [input], outputs: [{ name: 'y' }] }, /unexpected inference output 'y' for model/],
    ['an output twice', { inputs: [input], outputs: [{ name: 'logits' }, { name: 'logits' }] }, /asked for twice/],
    ['outputs without end', { inputs: [input], outputs: Array(6).fill({ name: 'logits' }) }, /outputs: 6/],
    ['an id that is a number', { id: 42, inputs: [input] }, /id/],
    ['a flag that is a text', { inputs: [input], parameters: { binary_data_output: 'yes' } }, /true or false/],
    ['shared memory', { inputs: [{ ...input, parameters: { shared_memory_region: 'r' } }] }, /not supported/],
    [
      'classification',
      { inputs: [input], outputs: [{ name: 'logits', parameters: { classification: 1 } }] },
      /not supported/,
    ],
  ])('%s', async (_, body, says) => {
    const answer = await infer(body);
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringMatching(says) }]);
  });

  it('bytes behind JSON that tells of none', async () => {
    const json = JSON.stringify({ inputs: [input] });
    const answer = await infer(`${json}abc`, { 'Inference-Header-Content-Length': String(json.length) });
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringMatching(/additional input data/) }]);
  });

  it('what is too large: inputs, a declared body, a sent one; and a compressed one', async () => {
    const many = { ...input, shape: [9, F], data: Array(9 * F).fill(0) };
    expect((await infer({ inputs: [many] })).status).toBe(413);
    expect((await infer(Buffer.alloc(limits.bodyBytes + 1))).status).toBe(413);
    expect((await infer('x', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('other routes, methods, models and versions', async () => {
    expect((await send(server, 'GET', '/v2/models/compas-senn/infer')).headers['allow']).toBe('POST');
    expect((await send(server, 'POST', '/v2/health/live')).status).toBe(405);
    for (const path of ['/v2/models', '/v2/models/stats', '/v2/repository/index', '/v2/models/nobody/versions/1']) {
      const answer = await send(server, 'GET', path);
      expect([answer.status, answer.json()]).toEqual([404, { error: expect.any(String) }]);
    }
    expect((await infer('', {}, '%zz')).status).toBe(400);
  });
});

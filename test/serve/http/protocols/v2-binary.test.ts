import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../helpers/close.ts';
import { bytesOf } from './server.ts';
import { F, image, startV2, table, tensorsOf, tolerance, type V2Server } from './v2-server.ts';

/** The Open Inference Protocol with Triton's binary tensors. */

let v2: V2Server;
beforeAll(async () => {
  v2 = await startV2();
});
afterAll(() => v2.close());
const infer: V2Server['infer'] = (...asked) => v2.infer(...asked);

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

  it('takes raw bytes without JSON, as many inputs as they are', async () => {
    const headers = { 'Inference-Header-Content-Length': '0' };
    const { json, tensors } = tensorsOf(await infer(bytesOf(table('input')), headers));
    expect(json.outputs.every(({ data }) => data === undefined)).toBe(true);
    expectClose(tensors['logits']?.data ?? [], table('logits').data, tolerance);
    const odd = await infer(bytesOf(table('input')).subarray(4), headers);
    expect([odd.status, odd.json()]).toEqual([400, { error: expect.stringMatching(/must be a multiple of the 44/) }]);
  });

  it('takes null for what may be left out', async () => {
    const input = { name: 'input', shape: [1, F], datatype: 'FP32', data: Array(F).fill(0), parameters: { a: null } };
    const answer = await infer({ id: null, parameters: null, inputs: [input], outputs: null });
    expect(answer.status).toBe(200);
    expect(answer.json()).not.toHaveProperty('id');
  });
});

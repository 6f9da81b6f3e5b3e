import { type ErrorCode, errorCodes } from '../../../core/errors.ts';
import type { Case } from './cases.ts';

/** Requests that are refused, each with the code that says why. */

interface Refused {
  readonly code: ErrorCode;
  readonly method?: Case['method'];
  readonly path?: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: string | Buffer;
}

/** A PNG whose header promises 20,000 × 20,000 pixels. */
function hugePng(digit: Buffer): Buffer {
  const bytes = Buffer.from(digit);
  bytes.writeUInt32BE(20_000, 16);
  bytes.writeUInt32BE(20_000, 20);
  return bytes;
}

const refusals = (digit: Buffer): Readonly<Record<string, Refused>> => ({
  'no body': { code: 'missing_input' },
  'a text that says it is a PNG': { code: 'unsupported_media_type', body: 'a digit' },
  'half a PNG': { code: 'invalid_image', body: digit.subarray(0, digit.length / 2) },
  'another media type': { code: 'unsupported_media_type', type: 'text/csv', body: '1,2' },
  'no JSON': { code: 'invalid_json', type: 'application/json', body: '{"instances": [' },
  'JSON of another form': { code: 'invalid_request', type: 'application/json', body: '{"images": []}' },
  'no base64': { code: 'invalid_request', type: 'application/json', body: '{"instances": [{"image": "%"}]}' },
  'a feature of no model': {
    code: 'invalid_features',
    path: '/predict?model=compas-senn',
    type: 'application/json',
    body: '{"instances": [{"features": {"shoe_size": 44}}]}',
  },
  'an image for a table': { code: 'unsupported_input', path: '/predict?model=compas-senn', body: digit },
  'an unknown model': { code: 'unknown_model', path: '/predict?model=minst', body: digit },
  'an unknown parameter': { code: 'invalid_request', path: '/predict?setps=3', body: digit },
  'too many steps': { code: 'invalid_request', path: '/predict?steps=99', body: digit },
  'a form that breaks off': {
    code: 'invalid_request',
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="image"; filename="7.png"\r\n\r\n',
  },
  'an Accept that is not given': { code: 'not_acceptable', accept: 'application/xml', body: digit },
  'another method': { code: 'method_not_allowed', method: 'GET' },
  'no route': { code: 'not_found', method: 'GET', path: '/predictions' },
  'more pixels than are taken': { code: 'image_too_large', body: hugePng(digit) },
});

/** @param digit a PNG that is answered, where it is sent as it should be */
export function badCases(digit: Buffer): Case[] {
  return Object.entries(refusals(digit)).map(([name, refused]) => {
    const { code, method = 'POST', path = '/predict', type = 'image/png', accept, body } = refused;
    return {
      name,
      method,
      path,
      headers: { ...(method === 'POST' && { 'Content-Type': type }), ...(accept !== undefined && { Accept: accept }) },
      ...(body !== undefined && { body: Buffer.from(body as string) }),
      status: errorCodes[code].status,
      check: { kind: 'error', code },
    };
  });
}

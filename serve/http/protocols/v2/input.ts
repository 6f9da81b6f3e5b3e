import { SennError } from '../../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../../core/manifest.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import type { Limits } from '../../../config/limits.ts';
import { checkCount } from '../../body/instance.ts';
import { checkValues, fillFromLists, sharedTensor } from '../numbers.ts';
import { INPUT } from './metadata.ts';
import type { InferRequest } from './request.ts';
import type { RequestInput } from './schema.ts';

/** From an inference request to the tensor that the model takes. */

/** @returns the size of the batch @throws invalid_request, payload_too_large */
function checkOutline({ name, datatype, shape }: RequestInput, manifest: Manifest, limits: Limits): number {
  const model = manifest.name;
  if (name !== INPUT) {
    throw new SennError(
      'invalid_request',
      `unexpected inference input '${name.slice(0, 100)}' for model '${model}'; it takes '${INPUT}'`,
    );
  }
  if (datatype !== 'FP32') {
    throw new SennError(
      'invalid_request',
      `inference input data-type is '${datatype.slice(0, 40)}', model expects 'FP32' for '${model}'`,
    );
  }
  const expected = inputShape(manifest);
  const [count = 0, ...rest] = shape;
  if (rest.length !== expected.length || rest.some((size, d) => size !== expected[d]) || count < 1) {
    const [told, more] = [shape.slice(0, 8).join(','), shape.length > 8 ? ',…' : ''];
    throw new SennError(
      'invalid_request',
      `unexpected shape for input '${INPUT}' for model '${model}'. Expected [-1,${expected.join(',')}], got [${told}${more}]`,
      { expected: [-1, ...expected] },
    );
  }
  checkCount(count, 'inputs', limits);
  return count;
}

/** Little-endian float32, as every machine that ONNX Runtime runs on has it too. */
function fillFromBytes(bytes: Uint8Array, { data }: Tensor): void {
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes);
}

/** @returns `[N, …]` in the model's units @throws invalid_request, payload_too_large */
export function inputTensor({ input, binary }: InferRequest, manifest: Manifest, limits: Limits): Tensor {
  const tensor = sharedTensor(checkOutline(input, manifest, limits), inputShape(manifest));
  const { data, parameters } = input;
  const size = parameters?.['binary_data_size'] ?? undefined;
  const expected = tensor.data.byteLength;
  if (size !== undefined && data != null) {
    throw new SennError('invalid_request', `input '${INPUT}': must have data or binary_data_size, got both`);
  }
  if (size === undefined && binary.length > 0) {
    throw new SennError(
      'invalid_request',
      `unexpected additional input data for model '${manifest.name}': ${binary.length} bytes that no input's binary_data_size tells of`,
    );
  }
  if (size === undefined) {
    if (data == null) throw new SennError('invalid_request', `input '${INPUT}': must have data or binary_data_size`);
    fillFromLists(data, tensor.shape, tensor.data, 'inputs.0.data');
  } else if (size !== expected || binary.length !== expected) {
    throw new SennError(
      'invalid_request',
      `unexpected size for input '${INPUT}' for model '${manifest.name}': its shape takes ${expected} bytes, binary_data_size says ${JSON.stringify(size).slice(0, 40)}, and ${binary.length} follow the JSON`,
      { expected, bytes: binary.length },
    );
  } else {
    fillFromBytes(binary, tensor);
  }
  checkValues(tensor, manifest, `input '${INPUT}'`);
  return tensor;
}

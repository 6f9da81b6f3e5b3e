import { bytesOf } from '../onnx/bytes.ts';
import { dataType, type TensorProto } from '../onnx/proto.ts';

/** The elements of a constant of int64: shapes, axes, paddings. `undefined` for any other, or one outside the file. */
export function wholeNumbers(tensor: TensorProto | undefined): number[] | undefined {
  if (tensor === undefined || !('rawData' in tensor) || tensor.dataType !== dataType.int64) return undefined;
  const aligned = Uint8Array.from(bytesOf(tensor.rawData));
  return Array.from(new BigInt64Array(aligned.buffer), Number);
}

import { SennError } from '../../core/errors.ts';
import { DATA_LOCATION, DEPTH, EXTERNAL, type Message, modelMessage } from '../../core/onnx/tensor-places.ts';

/**
 * Finds weights that an ONNX graph keeps in other files. ONNX Runtime reads those from the working directory where it is
 * given the graph as bytes: files that no manifest lists, and no digest covers. So such a graph is not opened.
 */

/**
 * Walks the message's fields in the wire format of Protocol Buffers, passing over all that hold no tensors. What is
 * broken is left to ONNX Runtime, which says so better.
 */
function hasExternal(bytes: Uint8Array, { fields, isTensor }: Message, depth = 0): boolean {
  if (depth > DEPTH) return false;
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (let byte = 0x80; byte >= 0x80 && at < bytes.length; scale *= 128) {
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) {
      if (varint() === EXTERNAL && isTensor && field === DATA_LOCATION) return true;
    } else if (wire === 2) {
      const length = varint();
      const inner = fields[field];
      if (inner !== undefined && hasExternal(bytes.subarray(at, at + length), inner(), depth + 1)) return true;
      at += length;
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
    } else {
      return false;
    }
  }
  return false;
}

/** @throws invalid_model */
export function refuseExternalData(onnx: Uint8Array): void {
  if (!hasExternal(onnx, modelMessage)) return;
  throw new SennError(
    'invalid_model',
    'the graph keeps weights in other files (external data), which no digest covers; put them into the graph',
  );
}

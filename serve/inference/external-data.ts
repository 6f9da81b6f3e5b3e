import { SennError } from '../../core/errors.ts';

/**
 * Finds weights that an ONNX graph keeps in other files. ONNX Runtime reads those from the working directory where it is
 * given the graph as bytes: files that no manifest lists, and no digest covers. So such a graph is not opened.
 */

/** A message of onnx.proto by the fields that lead to tensors (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
interface Message {
  readonly fields: Readonly<Record<number, () => Message>>;
  /** Of TensorProto: the field that says where its data are. */
  readonly location?: number;
}

const tensor: Message = { fields: {}, location: 14 };
const sparse: Message = { fields: { 1: () => tensor, 2: () => tensor } };
const attribute: Message = {
  fields: { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph, 22: () => sparse, 23: () => sparse },
};
const node: Message = { fields: { 5: () => attribute } };
const graph: Message = { fields: { 1: () => node, 5: () => tensor, 15: () => sparse } };
const func: Message = { fields: { 7: () => node, 11: () => attribute } };
const training: Message = { fields: { 1: () => graph, 2: () => graph } };
const model: Message = { fields: { 7: () => graph, 20: () => training, 25: () => func } };

const EXTERNAL = 1;

/** Graphs inside graphs, at most; ONNX Runtime's own parser goes less deep. */
const DEPTH = 100;

/**
 * Walks the message's fields in the wire format of Protocol Buffers, passing over all that hold no tensors. What is
 * broken is left to ONNX Runtime, which says so better.
 */
function hasExternal(bytes: Uint8Array, { fields, location }: Message, depth = 0): boolean {
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
      if (varint() === EXTERNAL && field === location) return true;
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
  if (!hasExternal(onnx, model)) return;
  throw new SennError(
    'invalid_model',
    'the graph keeps weights in other files (external data), which no digest covers; put them into the graph',
  );
}

/**
 * Where tensors lie in an ONNX file: the messages of onnx.proto by the fields that lead to them
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). For whoever walks its bytes and passes over all else.
 */

export interface Message {
  readonly fields: Readonly<Record<number, () => Message>>;
  readonly isTensor?: true;
}

/** Of TensorProto: the field that says where its data are, and what it says of those in another file. */
export const DATA_LOCATION = 14;
export const EXTERNAL = 1;

/** Graphs inside graphs, at most; ONNX Runtime's own parser goes less deep. */
export const DEPTH = 100;

const tensor: Message = { fields: {}, isTensor: true };
const sparse: Message = { fields: { 1: () => tensor, 2: () => tensor } };
const attribute: Message = {
  fields: { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph, 22: () => sparse, 23: () => sparse },
};
const node: Message = { fields: { 5: () => attribute } };
const graph: Message = { fields: { 1: () => node, 5: () => tensor, 15: () => sparse } };
const func: Message = { fields: { 7: () => node, 11: () => attribute } };
const training: Message = { fields: { 1: () => graph, 2: () => graph } };

/** The whole file. */
export const modelMessage: Message = { fields: { 7: () => graph, 20: () => training, 25: () => func } };

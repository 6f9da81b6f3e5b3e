import protobuf from 'protobufjs/light.js';
import type { ModelProto } from './proto.ts';

/**
 * ONNX's messages as protobufjs reads them: field → [number, type], a leading `*` for a repeated field. The numbers
 * are those of `onnx.proto`. Enumerations are written as `int32`, which is the same on the wire. Fields that this
 * project neither writes nor reads are left out: a decoder skips what it does not know.
 */
const messages = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, '*OperatorSetIdProto'],
    metadataProps: [14, '*StringStringEntryProto'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  GraphProto: {
    node: [1, '*NodeProto'],
    name: [2, 'string'],
    initializer: [5, '*TensorProto'],
    input: [11, '*ValueInfoProto'],
    output: [12, '*ValueInfoProto'],
    valueInfo: [13, '*ValueInfoProto'],
  },
  NodeProto: {
    input: [1, '*string'],
    output: [2, '*string'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, '*AttributeProto'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    floats: [7, '*float'],
    ints: [8, '*int64'],
    type: [20, 'int32'],
  },
  TensorProto: { dims: [1, '*int64'], dataType: [2, 'int32'], name: [8, 'string'], rawData: [9, 'bytes'] },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensorType: [1, 'TensorTypeProto'] },
  TensorTypeProto: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, '*DimensionProto'] },
  DimensionProto: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
} as const satisfies Record<string, Record<string, readonly [id: number, type: string]>>;

function field(id: number, type: string): protobuf.IField {
  return type.startsWith('*') ? { id, type: type.slice(1), rule: 'repeated' } : { id, type };
}

/**
 * `onnx.proto` is proto2: a field that is set is written, also to 0 or to nothing. (Without the edition, protobufjs
 * takes proto3, leaves an attribute `i = 0` out, and the ONNX checker finds an attribute without a value.)
 */
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      {
        edition: 'proto2',
        fields: Object.fromEntries(Object.entries(fields).map(([key, [id, type]]) => [key, field(id, type)])),
      },
    ]),
  ),
});
const modelType = root.lookupType('ModelProto');

/** The bytes of an `.onnx` file. Fields go out in the order of their numbers, so equal models give equal bytes. */
export function encodeModel(model: ModelProto): Uint8Array {
  return modelType.encode(model).finish();
}

/** The inverse of `encodeModel`. @throws Error where the bytes are no protobuf message */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as ModelProto;
}

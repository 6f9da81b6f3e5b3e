import protobuf from 'protobufjs/light.js';
import { SennError } from '../../core/errors.ts';
import { type Bytes, bytesOf } from './bytes.ts';
import type { ModelProto, TensorProto } from './proto.ts';

/**
 * ONNX's messages as protobufjs reads them: field → [number, type], a leading `*` for a repeated field. The numbers
 * are those of `onnx.proto`. Enumerations are written as `int32`, which is the same on the wire. Fields that this
 * project neither writes nor reads are left out: a decoder skips what it does not know.
 */
const messages = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    producerVersion: [3, 'string'],
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
    domain: [7, 'string'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto'],
    g: [6, 'GraphProto'],
    floats: [7, '*float'],
    ints: [8, '*int64'],
    strings: [9, '*bytes'],
    type: [20, 'int32'],
  },
  TensorProto: {
    dims: [1, '*int64'],
    dataType: [2, 'int32'],
    floatData: [4, '*float'],
    int32Data: [5, '*int32'],
    stringData: [6, '*bytes'],
    int64Data: [7, '*int64'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, '*double'],
    uint64Data: [11, '*uint64'],
    externalData: [13, '*StringStringEntryProto'],
    dataLocation: [14, 'int32'],
  },
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
const type = (name: keyof typeof messages) => root.lookupType(name);
const modelType = type('ModelProto');

/** What one protobuf message, and so an `.onnx` file, may measure at most (protobuf.dev, "Total Size of the Message"). */
export const MOST_BYTES = 2 ** 31 - 1;

const encoded = (name: keyof typeof messages, fields: object): Uint8Array =>
  type(name).encode(type(name).create(fields)).finish();

/** Wire format: the tag of a field that has a length, and that length (protobuf.dev, Encoding). */
const delimited = (id: number, length: number): Uint8Array =>
  new protobuf.Writer()
    .uint32(id * 8 + 2)
    .uint32(length)
    .finish();

const lengthOf = (chunks: readonly Bytes[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** A message as the field of another one. */
const nested = (id: number, chunks: readonly Bytes[]): Bytes[] => [delimited(id, lengthOf(chunks)), ...chunks];

function tensorChunks(tensor: TensorProto): Bytes[] {
  if (!('rawData' in tensor)) return [encoded('TensorProto', tensor)];
  const { rawData, ...head } = tensor;
  return [encoded('TensorProto', head), ...nested(messages.TensorProto.rawData[0], [rawData])];
}

/**
 * The bytes of an `.onnx` file in pieces, of which those that hold weights are the tensors' own and no copies. Fields
 * go out in the order of their numbers, so equal models give equal bytes.
 * @throws invalid_config where the file would be larger than a protobuf message may be
 */
export function encodeChunks({ irVersion, producerName, producerVersion, graph, ...rest }: ModelProto): Bytes[] {
  const { node, name, initializer, input, output, valueInfo } = graph;
  const graphChunks = [
    encoded('GraphProto', { node, name }),
    ...initializer.flatMap((tensor) => nested(messages.GraphProto.initializer[0], tensorChunks(tensor))),
    encoded('GraphProto', { input, output, valueInfo }),
  ];
  const bytes = lengthOf(graphChunks);
  if (bytes > MOST_BYTES) {
    throw new SennError(
      'invalid_config',
      `export: a graph of ${bytes} bytes must have at most ${MOST_BYTES} in one file; keep its weights outside, as external data`,
      { bytes, most: MOST_BYTES },
    );
  }
  return [
    encoded('ModelProto', { irVersion, producerName, ...(producerVersion !== undefined && { producerVersion }) }),
    ...nested(messages.ModelProto.graph[0], graphChunks),
    encoded('ModelProto', rest),
  ];
}

/** The bytes of an `.onnx` file. @throws invalid_config where there would be too many */
export function encodeModel(model: ModelProto): Uint8Array {
  const chunks = encodeChunks(model);
  const bytes = new Uint8Array(lengthOf(chunks));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(bytesOf(chunk), offset);
    offset += chunk.length;
  }
  return bytes;
}

/** The fields of a model; a list that is absent is empty. @throws Error where the bytes are no protobuf message */
export function decodeMessage(bytes: Uint8Array): unknown {
  return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true });
}

/** The inverse of `encodeModel`. @throws Error where the bytes are no protobuf message */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return decodeMessage(bytes) as ModelProto;
}

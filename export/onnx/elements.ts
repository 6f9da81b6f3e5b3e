import type { ForeignTensor } from './foreign.ts';

/** The element types of ONNX tensors, for reading files that anyone has written. */

interface Element {
  readonly name: string;
  /** Size of one element. */
  readonly bits: number;
  /** The bytes of a tensor whose elements stand in a field of their own type instead of in `raw_data`. */
  readonly pack?: (tensor: ForeignTensor) => Uint8Array;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

type Typed = { from(values: Iterable<number>): ArrayBufferView };
/** Small integers, booleans and half floats share one field. */
const int32 = (array: Typed) => (tensor: ForeignTensor) => bytesOf(array.from(tensor.int32Data));

/** By `TensorProto.DataType`: the name of ONNX's documentation and how an element is stored (onnx.proto). */
const table = {
  1: { name: 'float32', bits: 32, pack: ({ floatData }) => bytesOf(Float32Array.from(floatData)) },
  2: { name: 'uint8', bits: 8, pack: int32(Uint8Array) },
  3: { name: 'int8', bits: 8, pack: int32(Int8Array) },
  4: { name: 'uint16', bits: 16, pack: int32(Uint16Array) },
  5: { name: 'int16', bits: 16, pack: int32(Int16Array) },
  6: { name: 'int32', bits: 32, pack: int32(Int32Array) },
  7: { name: 'int64', bits: 64, pack: ({ int64Data }) => bytesOf(BigInt64Array.from(int64Data, BigInt)) },
  8: { name: 'string', bits: 0 },
  9: { name: 'bool', bits: 8, pack: int32(Uint8Array) },
  10: { name: 'float16', bits: 16, pack: int32(Uint16Array) },
  11: { name: 'float64', bits: 64, pack: ({ doubleData }) => bytesOf(Float64Array.from(doubleData)) },
  12: { name: 'uint32', bits: 32, pack: ({ uint64Data }) => bytesOf(Uint32Array.from(uint64Data)) },
  13: { name: 'uint64', bits: 64, pack: ({ uint64Data }) => bytesOf(BigUint64Array.from(uint64Data, BigInt)) },
  14: { name: 'complex64', bits: 64, pack: ({ floatData }) => bytesOf(Float32Array.from(floatData)) },
  15: { name: 'complex128', bits: 128, pack: ({ doubleData }) => bytesOf(Float64Array.from(doubleData)) },
  16: { name: 'bfloat16', bits: 16, pack: int32(Uint16Array) },
  17: { name: 'float8e4m3fn', bits: 8, pack: int32(Uint8Array) },
  18: { name: 'float8e4m3fnuz', bits: 8, pack: int32(Uint8Array) },
  19: { name: 'float8e5m2', bits: 8, pack: int32(Uint8Array) },
  20: { name: 'float8e5m2fnuz', bits: 8, pack: int32(Uint8Array) },
  21: { name: 'uint4', bits: 4, pack: int32(Uint8Array) },
  22: { name: 'int4', bits: 4, pack: int32(Uint8Array) },
} as const satisfies Readonly<Record<number, Element>>;

/** What has no tensor type (a sequence, a type newer than this table). */
export const unknownElement = 'unknown';

export type ElementName = (typeof table)[keyof typeof table]['name'] | typeof unknownElement;

export const elementTypes: Readonly<Record<number, Element & { readonly name: ElementName }>> = table;

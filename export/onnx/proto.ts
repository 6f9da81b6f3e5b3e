/**
 * The part of the ONNX format that this exporter writes, as TypeScript types. Field names and meanings are those of
 * `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), in camel case.
 */

import type { Bytes } from './bytes.ts';

/** `TensorProto.DataType` */
export const dataType = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof dataType;
export type ElementTypes = readonly [ElementType, ...ElementType[]];
export type DataType = (typeof dataType)[ElementType];

/** `AttributeProto.AttributeType` */
export const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

interface TensorHead {
  readonly dims: readonly number[];
  readonly dataType: DataType;
  readonly name: string;
}

/** Elements in row-major order, little-endian: here, or in a file beside the model's (ExternalData.md). */
export type TensorContent =
  | { readonly rawData: Bytes }
  | { readonly externalData: readonly StringStringEntryProto[]; readonly dataLocation: typeof EXTERNAL };

export type TensorProto = TensorHead & TensorContent;

/** `TensorProto.DataLocation` */
export const EXTERNAL = 1;

export interface StringStringEntryProto {
  readonly key: string;
  readonly value: string;
}

export type AttributeProto = { readonly name: string } & (
  | { readonly type: typeof attributeType.float; readonly f: number }
  | { readonly type: typeof attributeType.int; readonly i: number }
  | { readonly type: typeof attributeType.string; readonly s: Uint8Array }
  | { readonly type: typeof attributeType.floats; readonly floats: readonly number[] }
  | { readonly type: typeof attributeType.ints; readonly ints: readonly number[] }
  | { readonly type: typeof attributeType.strings; readonly strings: readonly Uint8Array[] }
);

export interface NodeProto {
  /** Names of values; an optional input that is left out has the name `''`. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly attribute: readonly AttributeProto[];
}

/** A size: known, or named where it varies from run to run. */
export type DimensionProto = { readonly dimValue: number } | { readonly dimParam: string };

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: { readonly elemType: DataType; readonly shape: { readonly dim: readonly DimensionProto[] } };
  };
}

export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name: string;
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly valueInfo: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion?: string;
  readonly graph: GraphProto;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly StringStringEntryProto[];
}

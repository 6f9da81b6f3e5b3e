import { SennError } from '../../core/errors.ts';
import type { StringStringEntryProto } from './proto.ts';
import { decodeMessage } from './schema.ts';

/** The ONNX messages as anyone may have written them: what is optional in `onnx.proto` may be absent. */

export interface ForeignTensor {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly uint64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly stringData: readonly Uint8Array[];
  readonly externalData: readonly StringStringEntryProto[];
  readonly dataLocation?: number;
}

export interface ForeignAttribute {
  readonly name: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: ForeignTensor;
  readonly g?: ForeignGraph;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
}

export interface ForeignValue {
  readonly name: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

export interface ForeignNode {
  readonly name?: string;
  readonly opType: string;
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly ForeignAttribute[];
}

export interface ForeignGraph {
  readonly name?: string;
  readonly node: readonly ForeignNode[];
  readonly initializer: readonly ForeignTensor[];
  readonly input: readonly ForeignValue[];
  readonly output: readonly ForeignValue[];
  readonly valueInfo: readonly ForeignValue[];
}

export interface ForeignModel {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: ForeignGraph;
  readonly opsetImport: readonly { readonly domain?: string; readonly version: number }[];
  readonly metadataProps: readonly StringStringEntryProto[];
}

/** @throws invalid_model where the bytes are no protobuf message, or one that is cut off */
export function decodeForeign(bytes: Uint8Array, where: string): ForeignModel {
  try {
    return decodeMessage(bytes) as ForeignModel;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SennError('invalid_model', `${where}: ${bytes.length} bytes are no ONNX model (${reason})`, {}, cause);
  }
}

import { type AttributeProto, attributeType } from '../onnx/proto.ts';

/** Attributes of ONNX's operators, written as `{ axis: int(1) }`. */

/** An attribute before it has its name. */
export type Attribute = (name: string) => AttributeProto;
export type Attributes = Readonly<Record<string, Attribute>>;

const utf8 = new TextEncoder();

export const int =
  (i: number): Attribute =>
  (name) => ({ name, i, type: attributeType.int });

export const ints =
  (values: readonly number[]): Attribute =>
  (name) => ({ name, ints: values, type: attributeType.ints });

export const float =
  (f: number): Attribute =>
  (name) => ({ name, f, type: attributeType.float });

export const floats =
  (values: readonly number[]): Attribute =>
  (name) => ({ name, floats: values, type: attributeType.floats });

export const string =
  (s: string): Attribute =>
  (name) => ({ name, s: utf8.encode(s), type: attributeType.string });

export const strings =
  (values: readonly string[]): Attribute =>
  (name) => ({ name, strings: values.map((value) => utf8.encode(value)), type: attributeType.strings });

import { type AttributeProto, attributeType, type NodeProto } from '../../onnx/proto.ts';

/** Attributes of a node by name, with the default of the operator (onnx, Operators.md) where it is not written. */

type Of<Type extends keyof typeof attributeType> = Extract<
  AttributeProto,
  { readonly type: (typeof attributeType)[Type] }
>;

function found<Type extends keyof typeof attributeType>(
  { attribute }: NodeProto,
  name: string,
  type: Type,
): Of<Type> | undefined {
  return attribute.find((one): one is Of<Type> => one.name === name && one.type === attributeType[type]);
}

export const floatOf = (node: NodeProto, name: string, otherwise: number): number =>
  found(node, name, 'float')?.f ?? otherwise;

export const intOf = (node: NodeProto, name: string, otherwise: number): number =>
  found(node, name, 'int')?.i ?? otherwise;

export const intsOf = (node: NodeProto, name: string): readonly number[] | undefined => found(node, name, 'ints')?.ints;

export function stringOf(node: NodeProto, name: string, otherwise: string): string {
  const bytes = found(node, name, 'string')?.s;
  return bytes === undefined ? otherwise : new TextDecoder().decode(bytes);
}

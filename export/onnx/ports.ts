import { elementTypes, unknownElement } from './elements.ts';
import type { ValueInfoProto } from './proto.ts';

/**
 * An input or output of a graph in words, as error messages name it: `concepts float32 [batch, 8]`. Two ports agree in
 * name, type and sizes exactly where they have the same words.
 */
export function describePort({ name, type }: ValueInfoProto): string {
  const { elemType, shape } = type.tensorType;
  const sizes = shape.dim.map((size) => ('dimValue' in size ? size.dimValue : size.dimParam));
  return `${name} ${elementTypes[elemType]?.name ?? unknownElement} [${sizes.join(', ')}]`;
}

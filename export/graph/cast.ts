import { dataType, type ElementType } from '../onnx/proto.ts';
import { int } from './attributes.ts';
import type { Scope } from './scope.ts';
import { typeOf, type Value } from './value.ts';

/** The value with elements of another type; a fraction loses its digits on the way to a whole number. */
export function castTo(scope: Scope, value: Value, type: ElementType): Value {
  if (typeOf(value) === type) return value;
  return scope.node('Cast', [value], { ...value, type }, { to: int(dataType[type]) });
}

/** Values of one type: float32 where one of them is, else whole numbers as they are. */
export function alike(scope: Scope, values: readonly Value[]): Value[] {
  const types = new Set(values.map(typeOf));
  const [only] = types;
  const type = types.size === 1 ? (only as ElementType) : types.has('float32') ? 'float32' : 'int32';
  return values.map((value) => castTo(scope, value, type));
}

import type { DimensionProto } from '../../export/onnx/proto.ts';

/** What a size that a graph declares, `floor((height-1)/2)+3`, is when its names stand for numbers. */

type Bindings = Readonly<Record<string, number>>;

/** @throws Error where a name is not bound, or the text is no such size */
function evaluated(text: string, names: Bindings): number {
  const tokens = text.match(/[A-Za-z_]\w*|\d+|[-+*/()]/g) ?? [];
  let at = 0;
  const taken = (): string => tokens[at++] ?? '';
  const operand = (): number => {
    const token = taken();
    if (token === '(' || ((token === 'floor' || token === 'ceil') && taken() === '(')) {
      const inner = sum();
      if (taken() !== ')') throw new Error(`${text}: a bracket is not closed`);
      return token === '(' ? inner : Math[token as 'floor' | 'ceil'](inner);
    }
    const value = /^\d/.test(token) ? Number(token) : names[token];
    if (value === undefined) throw new Error(`${text}: "${token}" is not bound`);
    return value;
  };
  const row = (next: () => number, operators: string): number => {
    let value = next();
    while (at < tokens.length && operators.includes(tokens[at] as string)) {
      const operator = taken();
      const other = next();
      value = { '+': value + other, '-': value - other, '*': value * other, '/': value / other }[operator] as number;
    }
    return value;
  };
  const sum = (): number => row(() => row(operand, '*/'), '+-');
  const value = sum();
  if (at < tokens.length) throw new Error(`${text}: "${tokens[at]}" is too much`);
  return value;
}

/** The numbers that the names in declared sizes stand for in a tensor of these sizes. */
export function bindings(declared: readonly DimensionProto[], actual: readonly number[]): Bindings {
  return Object.fromEntries(
    declared.flatMap((size, i) => ('dimParam' in size ? [[size.dimParam, actual[i] as number]] : [])),
  );
}

export function sizeOf(size: DimensionProto, names: Bindings): number {
  return 'dimValue' in size ? size.dimValue : evaluated(size.dimParam, names);
}

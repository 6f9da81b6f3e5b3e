/**
 * Sizes of axes. One that is open until the model runs has a name, and what layers make of it is written out in that
 * name, as ONNX allows (`dim_param`): `height`, `batch*3`, `floor((time-1)/2)`.
 */
export type Size = number | string;

/** `atom·factor + offset`; an atom is a name, a product of names, or a quotient. */
interface Term {
  readonly atom: string;
  readonly factor: number;
  readonly offset: number;
}

function termOf(size: string): Term {
  const [, atom = size, factor = '1', offset = '0'] = /^(.+?)(?:\*(\d+))?([+-]\d+)?$/.exec(size) ?? [];
  return { atom, factor: Number(factor), offset: Number(offset) };
}

function written({ atom, factor, offset }: Term): Size {
  if (factor === 0) return offset;
  const sign = offset < 0 ? '-' : '+';
  return `${atom}${factor === 1 ? '' : `*${factor}`}${offset === 0 ? '' : `${sign}${Math.abs(offset)}`}`;
}

/** The size as one factor of a product. */
const grouped = (size: string): string => (termOf(size).offset === 0 ? size : `(${size})`);

export function plus(a: Size, b: Size): Size {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : plus(b, a);
  const term = termOf(a);
  if (typeof b === 'number') return written({ ...term, offset: term.offset + b });
  const other = termOf(b);
  const offset = term.offset + other.offset;
  return term.atom === other.atom
    ? written({ atom: term.atom, factor: term.factor + other.factor, offset })
    : written({ atom: `(${a}+${b})`, factor: 1, offset: 0 });
}

export function times(a: Size, b: Size): Size {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : times(b, a);
  const term = termOf(a);
  if (typeof b === 'number') return written({ ...term, factor: term.factor * b, offset: term.offset * b });
  const other = termOf(b);
  if (term.offset !== 0 || other.offset !== 0) return `${grouped(a)}*${grouped(b)}`;
  return written({ atom: `${term.atom}*${other.atom}`, factor: term.factor * other.factor, offset: 0 });
}

/** Elements of a tensor of these sizes. */
export const product = (sizes: readonly Size[]): Size => sizes.reduce(times, 1);

/** ⌊size / divisor⌋ or ⌈size / divisor⌉ */
export function divided(size: Size, divisor: number, rounding: 'floor' | 'ceil'): Size {
  if (typeof size === 'number') return Math[rounding](size / divisor);
  const { atom, factor, offset } = termOf(size);
  if (factor % divisor === 0) {
    return written({ atom, factor: factor / divisor, offset: Math[rounding](offset / divisor) });
  }
  return `${rounding}(${grouped(size)}/${divisor})`;
}

/** The remainder of a division, where it is the same for every size that the name may stand for. */
export function remainder(size: Size, divisor: number): number | undefined {
  const { factor, offset } = typeof size === 'number' ? { factor: 0, offset: size } : termOf(size);
  return factor % divisor === 0 ? ((offset % divisor) + divisor) % divisor : undefined;
}

/** Thrown where a size has to be a number and is open; the walk over the model says of which layer. */
export class OpenSize extends Error {
  readonly size: string;
  /** Why the layer needs it, where not every layer of its class does. */
  readonly reason: string | undefined;

  constructor(size: string, reason?: string) {
    super(`the size ${size} is open`);
    this.size = size;
    this.reason = reason;
  }
}

/** @throws OpenSize where the size is no number */
export function fixedSize(size: Size): number {
  if (typeof size === 'string') throw new OpenSize(size);
  return size;
}

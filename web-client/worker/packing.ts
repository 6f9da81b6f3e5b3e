/**
 * What is sent between the page and its worker: tensors are handed over, not copied by the browser, and a view sends its own
 * values, not all of the memory that it looks into, as a structured clone would.
 */

export interface Packed {
  readonly value: unknown;
  /** The memory in it that changes hands. */
  readonly transfer: readonly ArrayBuffer[];
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Lists of numbers and of words, which most of an explanation is made of, hold no tensor. */
const isList = (values: readonly unknown[]): boolean => ['number', 'string'].includes(typeof values[0]);

const ownsMemory = ({ buffer, byteLength }: Float32Array): boolean =>
  buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;

/**
 * The value with every `Float32Array` in memory of its own, ready for `postMessage(value, transfer)`.
 * @param keeps whether the sender goes on using its tensors, which are copied then
 */
export function packed(value: unknown, keeps: boolean): Packed {
  const transfer = new Set<ArrayBuffer>();
  const pack = (part: unknown): unknown => {
    if (part instanceof Float32Array) {
      const own = keeps || !ownsMemory(part) || transfer.has(part.buffer as ArrayBuffer) ? part.slice() : part;
      transfer.add(own.buffer as ArrayBuffer);
      return own;
    }
    if (part instanceof ArrayBuffer && !keeps) {
      transfer.add(part);
      return part;
    }
    if (Array.isArray(part)) return isList(part) ? part : part.map(pack);
    if (typeof part !== 'object' || part === null || !isPlain(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, pack(inner)]));
  };
  return { value: pack(value), transfer: [...transfer] };
}

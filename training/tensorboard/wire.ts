/**
 * As much of the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/) as an event needs.
 * A message is its fields, one after the other; a field is its key, `number · 8 + wire type`, and its value.
 */
const wireTypes = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

const utf8 = new TextEncoder();

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. @param value whole, from 0 to 2⁵³ */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  return Uint8Array.of(...bytes, rest);
}

const field = (number: number, type: keyof typeof wireTypes, ...value: readonly Uint8Array[]): Uint8Array =>
  concatenate([varint(number * 8 + wireTypes[type]), ...value]);

/** A field of type `int64`. @param value whole, from 0 to 2⁵³ */
export const int64Field = (number: number, value: number): Uint8Array => field(number, 'varint', varint(value));

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return field(number, 'fixed64', bytes);
}

/** A field of type `float`: the value is rounded to float32, and to ±∞ beyond its range. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return field(number, 'fixed32', bytes);
}

/** A message within a message. */
export const messageField = (number: number, fields: readonly Uint8Array[]): Uint8Array => {
  const message = concatenate(fields);
  return field(number, 'delimited', varint(message.length), message);
};

/** A field of type `string`. Half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD. */
export const stringField = (number: number, text: string): Uint8Array => messageField(number, [utf8.encode(text)]);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../training/tensorboard/crc32c.ts';
import { maskedCrc32c } from '../../../training/tensorboard/record.ts';
import { bitwiseCrc32c, unmasked } from './reader.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const filled = (byte: (i: number) => number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => byte(i));
const anyBytes = fc.uint8Array({ maxLength: 300 });

describe('CRC-32C', () => {
  it.each([
    ['nothing', new Uint8Array(), 0],
    ['the check value of the catalogues', ascii('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720, B.4, as all that follow)', filled(() => 0), 0x8a9136aa],
    ['32 ones', filled(() => 0xff), 0x62a8ab43],
    ['0 to 31', filled((i) => i), 0x46dd794e],
    ['31 to 0', filled((i) => 31 - i), 0x113fdb5c],
  ])('has the published value of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('is what its definition gives bit by bit', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(crc32c(bytes)).toBe(bitwiseCrc32c(bytes));
      }),
    );
  });
});

describe('the masked CRC-32C', () => {
  it.each([
    ['', 0xa282ead8],
    ['123456789', 0xc78ab0e5],
    ['foo', 0xfebe8a61],
  ])('has the value that TensorBoard 2.21 gives for "%s"', (text, expected) => {
    expect(maskedCrc32c(ascii(text))).toBe(expected);
  });

  it('gives the checksum back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(unmasked(maskedCrc32c(bytes))).toBe(crc32c(bytes));
      }),
    );
  });
});
